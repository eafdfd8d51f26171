"""Rotation on MySQL, Aurora MySQL and MariaDB."""

import re
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from common.errors import DatabaseFailure
from database.address import Address
from database.mysql import Session, connect
from database.secrets import Login
from database.tls import TlsConfig
from rotation.engine import LOGIN_REJECTED, NOT_PERMITTED, STATEMENT_TIMEOUT
from rotation.errors import RotationFailed

# `GRANT privileges TO account rest`: the server quotes names with backquotes, and ` TO ` occurs once outside of them.
_GRANT = re.compile(r"(?P<privileges>GRANT (?:[^`]|`(?:[^`]|``)*`)*?) TO (?P<rest>.*)", re.DOTALL)

_LOCKED = " ACCOUNT LOCK"
"""Clause of a locked account in `SHOW CREATE USER` of both engines."""


@dataclass(frozen=True)
class MySql:
    """MySQL with PyMySQL. Account statements are not transactional: the password is set last, and marks completion."""

    tls: TlsConfig
    max_name_bytes: int = 32

    def can_log_in(self, address: Address, login: Login) -> bool:
        """See `Engine`. The server checks the password first: only the right one gets the error of a locked account."""
        try:
            with self._session(address, login) as session:
                return bool(session.value("select 1") == 1)
        except DatabaseFailure as error:
            if error.sqlstate == NOT_PERMITTED:
                return True
            if error.sqlstate.startswith(LOGIN_REJECTED):
                return False
            raise

    def has_user(self, address: Address, administrator: Login, name: str) -> bool:
        """See `Engine`."""
        with self._session(address, administrator) as session:
            return bool(session.rows("select 1 from mysql.user where user = %s", name))

    def set_own_password(self, address: Address, login: Login, password: str) -> None:
        """See `Engine`."""
        with self._session(address, login) as session:
            # Each engine has a statement for the own password that does not need CREATE USER.
            statement = "set password = password(%s)" if session.is_mariadb else "alter user user() identified by %s"
            session.rows(statement, password)

    def set_password(self, address: Address, administrator: Login, login: Login) -> None:
        """See `Engine`. A user has an account for each host pattern."""
        with self._session(address, administrator) as session:
            for host, _ in _accounts(session, login.username, address):
                session.rows("alter user %s@%s identified by %s", login.username, host, login.password)

    def set_clone_password(self, address: Address, administrator: Login, original: str, clone: Login) -> None:
        """See `Engine`."""
        with self._session(address, administrator) as session:
            accounts = _accounts(session, original, address)
            for host, needs_tls in accounts:
                account, random_password = (clone.username, host), secrets.token_urlsafe(24)
                session.rows("create user if not exists %s@%s identified by %s account lock", *account, random_password)
                if needs_tls:
                    session.rows("alter user %s@%s require ssl", *account)
                is_locked = _LOCKED in str(session.value("show create user %s@%s", original, host))
                session.rows(f"alter user %s@%s account {'lock' if is_locked else 'unlock'}", *account)
                for grant in session.rows("show grants for %s@%s", original, host):
                    _grant(session, str(grant[0]), account)
            for host, _ in accounts:
                session.rows("alter user %s@%s identified by %s", clone.username, host, clone.password)

    def _session(self, address: Address, login: Login) -> AbstractContextManager[Session]:
        # Without a database: the user may have no privilege on that of the address, and a new clone has none.
        return connect(replace(address, dbname=""), login, self.tls, timeout=STATEMENT_TIMEOUT)


def _accounts(session: Session, name: str, address: Address) -> list[tuple[str, bool]]:
    """Return the host patterns of the user's accounts, and whether each requires TLS."""
    found = session.rows("select convert(host using utf8mb4), ssl_type <> '' from mysql.user where user = %s", name)
    if not found:
        raise RotationFailed(f"the user {name!r} does not exist on {address.host}")
    return [(str(host), bool(needs_tls)) for host, needs_tls in found]


def _grant(session: Session, grant: str, account: tuple[str, str]) -> None:
    match = _GRANT.fullmatch(grant)
    if match is None:
        return  # MariaDB also shows SET DEFAULT ROLE, which a clone does not need
    option = " with grant option" if match["rest"].upper().endswith(" WITH GRANT OPTION") else ""
    session.rows(f"{match['privileges'].replace('%', '%%')} to %s@%s{option}", *account)
