"""MySQL, Aurora MySQL and MariaDB."""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.constants import ER
from pymysql.cursors import Cursor

from common import tls
from common.errors import DatabaseFailure
from common.secrets import Login
from common.settings import Address, Trust
from rotation.errors import RotationFailed

NETWORK = 10
"""Seconds of connecting, and of waiting for an answer, at most."""

_ACCOUNT_LOCKED = 3118, 4151
"""ER_ACCOUNT_HAS_BEEN_LOCKED of MySQL and of MariaDB."""

_LOGIN_REFUSED = frozenset({ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, *_ACCOUNT_LOCKED})

# `GRANT what TO account rest`: names are quoted with backquotes by the server, so ` TO ` stands once outside of them.
_GRANT = re.compile(r"(?P<what>GRANT (?:[^`]|`(?:[^`]|``)*`)*?) TO (?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True)
class MySql:
    """MySQL by PyMySQL. Account statements are no transactions: the password comes last, and tells that all is done."""

    trust: Trust
    longest_name: int = 32

    def accepts(self, address: Address, login: Login) -> bool:
        """Tell whether this login opens a session that answers."""
        try:
            with _session(address, login, self.trust) as cursor:
                return bool(_rows(cursor, "select 1") == [(1,)])
        except pymysql.err.OperationalError as fault:
            if fault.args[0] in _LOGIN_REFUSED:
                return False
            raise _failure(fault) from None

    def set_own_password(self, address: Address, login: Login, password: str) -> None:
        """Give the user who logs in another password."""
        with _failures(), _session(address, login, self.trust) as cursor:
            [(version,)] = _rows(cursor, "select version()")
            # Each make has its own statement for one's own password; any other needs CREATE USER.
            own = "set password = password(%s)" if "MariaDB" in version else "alter user user() identified by %s"
            cursor.execute(own, (password,))

    def renew(self, address: Address, administrator: Login, login: Login) -> None:
        """Give an existing user this password, from wherever they may come."""
        with _failures(), _session(address, administrator, self.trust) as cursor:
            for host, _ in _accounts(cursor, login.username, address):
                cursor.execute("alter user %s@%s identified by %s", (login.username, host, login.password))

    def renew_clone(self, address: Address, administrator: Login, original: str, clone: Login) -> None:
        """Give the clone this password; make it, with what `original` may do, where there is none."""
        with _failures(), _session(address, administrator, self.trust) as cursor:
            accounts = _accounts(cursor, original, address)
            for host, needs_tls in accounts:
                account = (clone.username, host)
                cursor.execute(
                    "create user if not exists %s@%s identified by %s", (*account, secrets.token_urlsafe(24))
                )
                if needs_tls:
                    cursor.execute("alter user %s@%s require ssl", account)
                for grant in _rows(cursor, "show grants for %s@%s", (original, host)):
                    _grant(cursor, str(grant[0]), account)
            for host, _ in accounts:
                cursor.execute("alter user %s@%s identified by %s", (clone.username, host, clone.password))


def _accounts(cursor: Cursor, name: str, address: Address) -> Sequence[tuple[str, bool]]:
    """Give the hosts that the user may come from, and whether only by TLS."""
    found = _rows(cursor, "select host, ssl_type from mysql.user where user = %s", (name,))
    if not found:
        raise RotationFailed(f"there is no user {name!r} on {address.host}")
    return [(str(_text(host)), bool(_text(ssl_type))) for host, ssl_type in found]


def _grant(cursor: Cursor, grant: str, account: tuple[str, str]) -> None:
    match = _GRANT.fullmatch(grant)
    if match is None:
        return  # MariaDB also shows "SET DEFAULT ROLE"; a clone has no need of it
    option = " with grant option" if match["rest"].upper().endswith(" WITH GRANT OPTION") else ""
    cursor.execute(f"{match['what'].replace('%', '%%')} to %s@%s{option}", account)


def _rows(cursor: Cursor, sql: str, parameters: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    cursor.execute(sql, parameters)
    return list(cursor.fetchall())


def _text(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def _session(address: Address, login: Login, trust: Trust) -> Iterator[Cursor]:
    connection = pymysql.connect(
        host=address.host,
        port=address.port,
        user=login.username,
        password=login.password,
        ssl=tls.context(trust),
        connect_timeout=NETWORK,
        read_timeout=NETWORK,
        write_timeout=NETWORK,
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        yield cursor


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except pymysql.err.Error as fault:
        raise _failure(fault) from None


def _failure(fault: pymysql.err.Error) -> DatabaseFailure:
    """Tell the error's number alone: its text may quote the statement, and so a password."""
    number = fault.args[0] if fault.args else 0
    if number in {2003, 2006, 2013}:  # cannot connect, gone away, lost
        return DatabaseFailure("08006", f"the connection failed (MySQL error {number})")
    return DatabaseFailure("HY000", f"the statement was refused (MySQL error {number})")
