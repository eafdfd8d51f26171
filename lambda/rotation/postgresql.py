"""Rotation on PostgreSQL and Aurora PostgreSQL."""

from dataclasses import dataclass

from common.errors import DatabaseFailure
from database import postgresql_users
from database.address import Address
from database.postgresql import connect
from database.secrets import Login
from database.tls import TlsConfig
from rotation.engine import LOGIN_REJECTED, NOT_PERMITTED, STATEMENT_TIMEOUT
from rotation.errors import RotationFailed

_LOGIN_BLOCKED = "is not permitted to log in"


@dataclass(frozen=True)
class PostgreSql:
    """PostgreSQL with pg8000."""

    tls: TlsConfig
    max_name_bytes: int = 63

    def can_log_in(self, address: Address, login: Login) -> bool:
        """See `Engine`. PostgreSQL checks the password first: only the right one gets the error of a blocked login."""
        try:
            with connect(address, login, self.tls, timeout=STATEMENT_TIMEOUT) as database:
                return bool(database.value("select 1") == 1)
        except DatabaseFailure as error:
            if error.sqlstate == NOT_PERMITTED and _LOGIN_BLOCKED in str(error):
                return True
            if error.sqlstate.startswith(LOGIN_REJECTED):
                return False
            raise

    def has_user(self, address: Address, administrator: Login, name: str) -> bool:
        """See `Engine`."""
        with connect(address, administrator, self.tls, timeout=STATEMENT_TIMEOUT) as database:
            return postgresql_users.exists(database, name)

    def set_own_password(self, address: Address, login: Login, password: str) -> None:
        """See `Engine`."""
        with connect(address, login, self.tls, timeout=STATEMENT_TIMEOUT) as database:
            postgresql_users.set_password(database, Login(login.username, password))

    def set_password(self, address: Address, administrator: Login, login: Login) -> None:
        """See `Engine`."""
        with connect(address, administrator, self.tls, timeout=STATEMENT_TIMEOUT) as database:
            if not postgresql_users.exists(database, login.username):
                raise RotationFailed(f"the user {login.username!r} does not exist on {address.host}")
            postgresql_users.set_password(database, login)

    def set_clone_password(self, address: Address, administrator: Login, original: str, clone: Login) -> None:
        """See `Engine`."""
        with connect(address, administrator, self.tls, timeout=STATEMENT_TIMEOUT) as database, database.transaction():
            if not postgresql_users.exists(database, original):
                raise RotationFailed(f"the user {original!r} does not exist on {address.host}")
            postgresql_users.ensure_clone(database, original, clone)
