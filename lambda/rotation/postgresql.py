"""Rotation on PostgreSQL and Aurora PostgreSQL."""

import secrets
from dataclasses import dataclass

from common.errors import DatabaseFailure
from database.address import Address
from database.postgresql import Database, connect, identifier, literal
from database.secrets import Login
from database.tls import TlsConfig
from rotation import verifier
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
            return _exists(database, name)

    def set_own_password(self, address: Address, login: Login, password: str) -> None:
        """See `Engine`."""
        with connect(address, login, self.tls, timeout=STATEMENT_TIMEOUT) as database:
            _set_password(database, Login(login.username, password))

    def set_password(self, address: Address, administrator: Login, login: Login) -> None:
        """See `Engine`."""
        with connect(address, administrator, self.tls, timeout=STATEMENT_TIMEOUT) as database:
            if not _exists(database, login.username):
                raise RotationFailed(f"the user {login.username!r} does not exist on {address.host}")
            _set_password(database, login)

    def set_clone_password(self, address: Address, administrator: Login, original: str, clone: Login) -> None:
        """See `Engine`.

        The clone is a member of the original and sets its role at login, so that the original owns all tables.
        LOGIN, REPLICATION and BYPASSRLS are not inherited: the clone gets its own.
        """
        with connect(address, administrator, self.tls, timeout=STATEMENT_TIMEOUT) as database, database.transaction():
            attributes = database.rows(
                "select rolcanlogin, rolreplication, rolbypassrls from pg_roles where rolname = :name", name=original
            )
            if not attributes:
                raise RotationFailed(f"the user {original!r} does not exist on {address.host}")
            name, original_name = identifier(clone.username), identifier(original)
            if not _exists(database, clone.username):
                database.run(f"create role {name}")
            can_log_in, *inherited = attributes[0]
            database.run(f"alter role {name} {'login' if can_log_in else 'nologin'}")
            database.run(f"grant {original_name} to {name}")
            database.run(f"alter role {name} set role = {literal(original)}")
            for attribute, is_set in zip(("replication", "bypassrls"), inherited, strict=True):
                if is_set:
                    database.run(f"alter role {name} {attribute}")
            _set_password(database, clone)


def _exists(database: Database, role: str) -> bool:
    return database.value("select 1 from pg_roles where rolname = :name", name=role) is not None


def _set_password(database: Database, login: Login) -> None:
    encryption = database.value("select current_setting('password_encryption')")
    if encryption == "md5":
        password_verifier = verifier.md5(login.password, login.username)
    else:
        password_verifier = verifier.scram_sha_256(login.password, secrets.token_bytes(16))
    database.run(f"alter role {identifier(login.username)} password {literal(password_verifier)}")
