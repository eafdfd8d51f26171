"""The users of the migration on PostgreSQL: made and granted by `initialize`, twice with the same end."""

from common import log
from common.errors import DatabaseFailure
from database.postgresql import Database, identifier, literal
from database.secrets import Login
from migration.tables import Table, schemas

_SYNTAX, _DENIED = "42601", "42501"  # SQLSTATE

_MAY_REPLICATE = """
select rolcanlogin and (rolreplication or rolsuper
  or exists (select 1 from pg_auth_members m join pg_roles g on g.oid = m.roleid
             where m.member = r.oid and g.rolname = 'rds_replication'))
from pg_roles r where rolname = :user
"""

_WHOLE = """
select distinct a.relid::regclass::text
from unnest(cast(:tables as regclass[])) t, pg_partition_ancestors(t) a (relid) where a.relid <> t order by 1
"""


def ensure_replication_user(database: Database, login: Login, found: list[Table]) -> None:
    """The user of the replication tasks, who may also read the write-ahead log."""
    _ensure(database, login, "login")
    _allow_replication(database, login.username)
    # DMS keeps its control tables (awsdms_…) beside the data.
    _grant(database, login.username, found, "usage, create", "select, insert, update, delete, truncate")
    _allow_silent_triggers(database, login.username)


def ensure_application_user(database: Database, login: Login, role: str, found: list[Table]) -> None:
    """The application's role and the user in its secret, both shut out until the database is handed over."""
    if not exists(database, role):
        database.run(f"create role {identifier(role)} nologin")
    _ensure(database, login, "nologin")
    if login.username != role:
        database.run(f"grant {identifier(role)} to {identifier(login.username)}")
    _grant(database, role, found, "usage", "select, insert, update, delete")
    # Partitions are moved by their own names; the application knows the table that they are parts of.
    for (whole,) in database.rows(_WHOLE, tables=[table.quoted for table in found]):
        database.run(f"grant select, insert, update, delete on {whole} to {identifier(role)}")


def may_replicate(database: Database, user: str) -> bool:
    """Whether this user may log in and read the write-ahead log."""
    return bool(database.value(_MAY_REPLICATE, user=user))


def exists(database: Database, role: str) -> bool:
    """Whether the server knows this role."""
    return bool(database.value("select count(*) from pg_roles where rolname = :role", role=role))


def _ensure(database: Database, login: Login, may: str) -> None:
    verb = "alter" if exists(database, login.username) else "create"
    database.run(f"{verb} role {identifier(login.username)} {may} password {literal(login.password)}")


def _allow_replication(database: Database, user: str) -> None:
    if exists(database, "rds_replication"):  # on Amazon RDS the attribute is a membership
        database.run(f"grant rds_replication to {identifier(user)}")
    else:
        database.run(f"alter role {identifier(user)} replication")


def _allow_silent_triggers(database: Database, user: str) -> None:
    """Let the user set session_replication_role: rows that arrive by replication must fire no triggers."""
    try:
        database.run(f"grant set on parameter session_replication_role to {identifier(user)}")
    except DatabaseFailure as failure:
        if failure.sqlstate not in (_SYNTAX, _DENIED):
            raise
        _allow_silent_triggers_otherwise(database, user)


def _allow_silent_triggers_otherwise(database: Database, user: str) -> None:
    # Amazon's administrator cannot grant the parameter, but may hand on rds_superuser, which may set it.
    if exists(database, "rds_superuser"):
        database.run(f"grant rds_superuser to {identifier(user)}")
        log.warning("replication-user-is-rds-superuser", user=user)
        return
    # Before PostgreSQL 15 nobody can grant it, but a superuser can set it for the user's logins.
    dbname = identifier(str(database.value("select current_database()::text")))
    database.run(f"alter role {identifier(user)} in database {dbname} set session_replication_role = replica")


def _grant(database: Database, role: str, found: list[Table], on_schema: str, on_table: str) -> None:
    for schema in schemas(found):
        database.run(f"grant {on_schema} on schema {identifier(schema)} to {identifier(role)}")
        database.run(
            f"grant usage, select, update on all sequences in schema {identifier(schema)} to {identifier(role)}"
        )
    for table in found:
        database.run(f"grant {on_table} on {table.quoted} to {identifier(role)}")
