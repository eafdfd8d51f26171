"""MySQL, Aurora MySQL and MariaDB."""

import re
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from common.errors import DatabaseFailure
from database.address import Address
from database.mysql import Session, connect
from database.secrets import Login
from database.tls import TlsConfig
from rotation.engine import LOGIN_REFUSED, NOT_PERMITTED, STATEMENT
from rotation.errors import RotationFailed

# `GRANT what TO account rest`: names are quoted with backquotes by the server, so ` TO ` stands once outside of them.
_GRANT = re.compile(r"(?P<what>GRANT (?:[^`]|`(?:[^`]|``)*`)*?) TO (?P<rest>.*)", re.DOTALL)

_LOCKED = " ACCOUNT LOCK"
"""What `SHOW CREATE USER` of both makes says of who is locked."""


@dataclass(frozen=True)
class MySql:
    """MySQL by PyMySQL. Account statements are no transactions: the password comes last, and tells that all is done."""

    tls: TlsConfig
    longest_name: int = 32

    def accepts(self, address: Address, login: Login) -> bool:
        """See the protocol. The server looks at the password first: only the right one is told that it is locked."""
        try:
            with self._session(address, login) as session:
                return bool(session.value("select 1") == 1)
        except DatabaseFailure as error:
            if error.sqlstate == NOT_PERMITTED:
                return True
            if error.sqlstate.startswith(LOGIN_REFUSED):
                return False
            raise

    def set_own_password(self, address: Address, login: Login, password: str) -> None:
        """Give the user who logs in another password."""
        with self._session(address, login) as session:
            # Each make has its own statement for one's own password; any other needs CREATE USER.
            own = "set password = password(%s)" if session.is_mariadb else "alter user user() identified by %s"
            session.rows(own, password)

    def renew(self, address: Address, administrator: Login, login: Login) -> None:
        """Give an existing user this password, from wherever they may come."""
        with self._session(address, administrator) as session:
            for host, _ in _accounts(session, login.username, address):
                session.rows("alter user %s@%s identified by %s", login.username, host, login.password)

    def renew_clone(self, address: Address, administrator: Login, original: str, clone: Login) -> None:
        """See the protocol."""
        with self._session(address, administrator) as session:
            accounts = _accounts(session, original, address)
            for host, needs_tls in accounts:
                account, unknown = (clone.username, host), secrets.token_urlsafe(24)
                session.rows("create user if not exists %s@%s identified by %s account lock", *account, unknown)
                if needs_tls:
                    session.rows("alter user %s@%s require ssl", *account)
                is_locked = _LOCKED in str(session.value("show create user %s@%s", original, host))
                session.rows(f"alter user %s@%s account {'lock' if is_locked else 'unlock'}", *account)
                for grant in session.rows("show grants for %s@%s", original, host):
                    _grant(session, str(grant[0]), account)
            for host, _ in accounts:
                session.rows("alter user %s@%s identified by %s", clone.username, host, clone.password)

    def _session(self, address: Address, login: Login) -> AbstractContextManager[Session]:
        # In no database: a user need not have a right in the one that the address names, and a clone has none yet.
        return connect(replace(address, dbname=""), login, self.tls, timeout=STATEMENT)


def _accounts(session: Session, name: str, address: Address) -> list[tuple[str, bool]]:
    """Give the hosts that the user may come from, and whether only by TLS."""
    found = session.rows("select convert(host using utf8mb4), ssl_type <> '' from mysql.user where user = %s", name)
    if not found:
        raise RotationFailed(f"there is no user {name!r} on {address.host}")
    return [(str(host), bool(needs_tls)) for host, needs_tls in found]


def _grant(session: Session, grant: str, account: tuple[str, str]) -> None:
    match = _GRANT.fullmatch(grant)
    if match is None:
        return  # MariaDB also shows "SET DEFAULT ROLE"; a clone has no need of it
    option = " with grant option" if match["rest"].upper().endswith(" WITH GRANT OPTION") else ""
    session.rows(f"{match['what'].replace('%', '%%')} to %s@%s{option}", *account)
