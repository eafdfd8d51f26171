"""PostgreSQL, and Aurora PostgreSQL."""

import secrets
from dataclasses import dataclass

from common.errors import DatabaseFailure
from database.address import Address
from database.postgresql import Database, connect, identifier, literal
from database.secrets import Login
from database.tls import TlsConfig
from rotation import verifier
from rotation.engine import LOGIN_REFUSED, NOT_PERMITTED, STATEMENT
from rotation.errors import RotationFailed

_SHUT_OUT = "is not permitted to log in"


@dataclass(frozen=True)
class PostgreSql:
    """PostgreSQL by pg8000."""

    tls: TlsConfig
    longest_name: int = 63

    def accepts(self, address: Address, login: Login) -> bool:
        """Tell whether this login opens a session that answers, or would if a cutover had not shut it out.

        PostgreSQL looks at the password first, so a role without LOGIN is refused only with the right one.
        """
        try:
            with connect(address, login, self.tls, timeout=STATEMENT) as database:
                return bool(database.value("select 1") == 1)
        except DatabaseFailure as error:
            if error.sqlstate == NOT_PERMITTED and _SHUT_OUT in str(error):
                return True
            if error.sqlstate.startswith(LOGIN_REFUSED):
                return False
            raise

    def set_own_password(self, address: Address, login: Login, password: str) -> None:
        """Give the user who logs in another password."""
        with connect(address, login, self.tls, timeout=STATEMENT) as database:
            _set_password(database, Login(login.username, password))

    def renew(self, address: Address, administrator: Login, login: Login) -> None:
        """Give an existing user this password."""
        with connect(address, administrator, self.tls, timeout=STATEMENT) as database:
            if not _exists(database, login.username):
                raise RotationFailed(f"there is no user {login.username!r} on {address.host}")
            _set_password(database, login)

    def renew_clone(self, address: Address, administrator: Login, original: str, clone: Login) -> None:
        """Give the clone this password; make it, with what `original` may do, where there is none.

        The clone is a member of the original and becomes it when it logs in, so that what it creates belongs to the
        original: the two take turns over the same tables. REPLICATION and BYPASSRLS are not inherited, so it gets them.
        LOGIN neither.
        """
        with connect(address, administrator, self.tls, timeout=STATEMENT) as database, database.transaction():
            attributes = database.rows(
                "select rolcanlogin, rolreplication, rolbypassrls from pg_roles where rolname = :name", name=original
            )
            if not attributes:
                raise RotationFailed(f"there is no user {original!r} on {address.host}")
            name, like = identifier(clone.username), identifier(original)
            if not _exists(database, clone.username):
                database.run(f"create role {name}")
            may_log_in, *granted = attributes[0]
            database.run(f"alter role {name} {'login' if may_log_in else 'nologin'}")
            database.run(f"grant {like} to {name}")
            database.run(f"alter role {name} set role = {literal(original)}")
            for attribute, given in zip(("replication", "bypassrls"), granted, strict=True):
                if given:
                    database.run(f"alter role {name} {attribute}")
            _set_password(database, clone)


def _exists(database: Database, role: str) -> bool:
    return database.value("select 1 from pg_roles where rolname = :name", name=role) is not None


def _set_password(database: Database, login: Login) -> None:
    encryption = database.value("select current_setting('password_encryption')")
    if encryption == "md5":
        verified = verifier.md5(login.password, login.username)
    else:
        verified = verifier.scram_sha_256(login.password, secrets.token_bytes(16))
    database.run(f"alter role {identifier(login.username)} password {literal(verified)}")
