"""The operation `initialize_database`: the user and the tables of the payment code.

It is for a database without a replication. With one, `initialize` of the function `cutover` creates the user.
"""

from typing import Final

from common import clients, log
from common.errors import PreconditionFailed
from database import postgresql_users, secrets
from database.postgresql import Database, connect, identifier
from database.secrets import Login, original
from database.tls import TlsConfig
from payments import schema
from rotation.engine import STATEMENT_TIMEOUT
from rotation.logins import EngineName
from rotation.strategies import Databases

_LOCK: Final = 7_089_334_212
"""Advisory lock of this operation, an arbitrary number."""

_SCHEMA: Final = "public"

_TABLES: Final = "select tablename::text from pg_tables where schemaname = :schema and tablename = any(:names)"

# Each of these would let the payment code change the schema, or escape a later fence.
_EXCESSIVE_PRIVILEGES: Final = """
select finding from pg_roles r, lateral (values
    ('is a superuser, or may create roles or databases', rolsuper or rolcreaterole or rolcreatedb),
    ('creates objects in the schema', has_schema_privilege(r.oid, :schema, 'create')),
    ('creates temporary tables', has_database_privilege(r.oid, current_database(), 'temporary')),
    ('owns tables', exists (select 1 from pg_class c where c.relowner = r.oid))) as checks (finding, is_true)
where rolname = :name and is_true
"""


def initialize_database(secret: str | None, databases: Databases, tls: TlsConfig) -> dict[str, list[str]]:
    """Create the tables of the payment code, and the user of `secret` with the right to read and insert payments.

    Return the names of tables and users that this call created, and of those that it found. A repetition changes
    nothing, except a password that the database does not accept.
    """
    if secret is None:
        raise PreconditionFailed(
            "APPLICATION_SECRET is not set: the payment code uses no database here, or one with a replication, whose"
            " users the operation `initialize` of the function `cutover` creates"
        )
    client = clients.secretsmanager(secrets.region_of(secret))
    value = secrets.read(client, secret)
    user = databases.parse(value, secret)
    if user.engine is not EngineName.POSTGRESQL:
        raise PreconditionFailed(f"the engine is {user.engine.value}; initialize_database supports postgresql")
    administrator = databases.administrator(client, value, user, secret)
    is_accepted = databases.can_log_in(user)
    with connect(user.address, administrator, tls, timeout=STATEMENT_TIMEOUT) as database, database.transaction():
        database.rows("select pg_advisory_xact_lock(cast(:lock as bigint))", lock=_LOCK)
        found = _existing(database, user.login)
        _create_tables(database)
        _ensure_user(database, original(user.login.username))
        if not is_accepted:
            _set_password(database, user.login)
        created = sorted(_existing(database, user.login) - found)
    # A rotation may have replaced the value while the user did not exist yet.
    if not databases.can_log_in(databases.parse(secrets.read(client, secret), secret)):
        raise PreconditionFailed(f"the secret {secret} was rotated during the operation; repeat the operation")
    log.info("database-initialized", created=created, found=sorted(found))
    return {"created": created, "found": sorted(found)}


def _existing(database: Database, login: Login) -> set[str]:
    """Return which of the tables and users exist."""
    tables = {str(row[0]) for row in database.rows(_TABLES, schema=_SCHEMA, names=list(schema.TABLES))}
    users = {name for name in _users(login) if postgresql_users.exists(database, name)}
    return tables | users


def _users(login: Login) -> set[str]:
    """Return the user that has the privileges, and the one that logs in: after a rotation that may be its clone."""
    return {original(login.username), login.username}


def _create_tables(database: Database) -> None:
    # Not even the administrator's own settings may select another schema.
    database.run(f"set local search_path = {_SCHEMA}")
    database.run(schema.statements())
    # PostgreSQL grants these to everyone: the first before version 15, the second still.
    database.run(f"revoke create on schema {_SCHEMA} from public")
    name = identifier(str(database.value("select current_database()")))
    database.run(f"revoke temporary on database {name} from public")


def _ensure_user(database: Database, user: str) -> None:
    """Create the user with the privileges of the payment code; raise PreconditionFailed if it has more."""
    name = identifier(user)
    if not postgresql_users.exists(database, user):
        database.run(f"create role {name} login")
    database.run(f"grant usage on schema {_SCHEMA} to {name}")
    for table in schema.TABLES:
        database.run(f"grant select, insert on {_SCHEMA}.{identifier(table)} to {name}")
    findings = [str(row[0]) for row in database.rows(_EXCESSIVE_PRIVILEGES, schema=_SCHEMA, name=user)]
    if findings:
        raise PreconditionFailed(f"the user {user} {', and '.join(findings)}; revoke this, or drop the user")


def _set_password(database: Database, login: Login) -> None:
    first = original(login.username)
    if login.username == first:
        postgresql_users.set_password(database, login)
    else:
        postgresql_users.ensure_clone(database, first, login)
