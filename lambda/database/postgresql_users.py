"""Users of PostgreSQL. Every function can be repeated, and no statement contains a password."""

import secrets

from common.errors import PreconditionFailed
from database import password_verifier
from database.postgresql import Database, identifier, literal
from database.secrets import Login


def exists(database: Database, name: str) -> bool:
    """Return whether the role or user exists."""
    return database.value("select 1 from pg_roles where rolname = :name", name=name) is not None


def ensure_user(database: Database, login: Login, login_option: str) -> None:
    """Create or update the user, with the password and with `login` or `nologin`."""
    verb = "alter" if exists(database, login.username) else "create"
    database.run(f"{verb} role {identifier(login.username)} {login_option}")
    set_password(database, login)


def set_password(database: Database, login: Login) -> None:
    """Set the password of an existing user."""
    if not login.password.isascii():
        raise PreconditionFailed(f"the password of the user {login.username!r} has characters outside of ASCII")
    encryption = database.value("select current_setting('password_encryption')")
    if encryption == "md5":
        verifier = password_verifier.md5(login.password, login.username)
    else:
        verifier = password_verifier.scram_sha_256(login.password, secrets.token_bytes(16))
    database.run(f"alter role {identifier(login.username)} password {literal(verifier)}")


def ensure_clone(database: Database, original: str, clone: Login) -> None:
    """Create or update a clone of the existing user `original`, and set its password.

    The clone is a member of the original and sets its role at login, so that the original owns all tables.
    LOGIN, REPLICATION and BYPASSRLS are not inherited: the clone gets its own.
    """
    attributes = database.rows(
        "select rolcanlogin, rolreplication, rolbypassrls from pg_roles where rolname = :name", name=original
    )
    can_log_in, *inherited = attributes[0]
    name = identifier(clone.username)
    if not exists(database, clone.username):
        database.run(f"create role {name}")
    database.run(f"alter role {name} {'login' if can_log_in else 'nologin'}")
    database.run(f"grant {identifier(original)} to {name}")
    database.run(f"alter role {name} set role = {literal(original)}")
    for attribute, is_set in zip(("replication", "bypassrls"), inherited, strict=True):
        if is_set:
            database.run(f"alter role {name} {attribute}")
    set_password(database, clone)
