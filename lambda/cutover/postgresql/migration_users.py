"""Creation and grants of the migration's users on PostgreSQL; each function can be repeated."""

from common import log
from common.errors import DatabaseFailure
from database.postgresql import Database, identifier
from database.postgresql_users import ensure_user, exists
from database.secrets import Login
from migration.tables import Table, schemas

_SYNTAX_ERROR, _INSUFFICIENT_PRIVILEGE = "42601", "42501"  # SQLSTATE

_CAN_REPLICATE = """
select rolcanlogin and (rolreplication or rolsuper
  or exists (select 1 from pg_auth_members m join pg_roles g on g.oid = m.roleid
             where m.member = r.oid and g.rolname = 'rds_replication'))
from pg_roles r where rolname = :user
"""

_MAY_SET_TRIGGER_PARAMETER = "select has_parameter_privilege(cast(:user as name), 'session_replication_role', 'set')"

_PARTITIONED_PARENTS = """
select distinct a.relid::regclass::text
from unnest(cast(:tables as regclass[])) t, pg_partition_ancestors(t) a (relid) where a.relid <> t order by 1
"""


def ensure_replication_user(database: Database, login: Login, tables: list[Table], control_schema: str) -> None:
    """Create or update the user of the replication tasks, which also reads the write-ahead log."""
    ensure_user(database, login, "login")
    _allow_replication(database, login.username)
    _grant(database, login.username, tables, "usage", "select, insert, update, delete, truncate")
    database.run(f"grant usage, create on schema {identifier(control_schema)} to {identifier(login.username)}")
    _allow_disabling_triggers(database, login.username)


def ensure_application_user(database: Database, login: Login, role: str, tables: list[Table]) -> None:
    """Create or update the application's role and the user of its secret, both with `NOLOGIN` until the promotion."""
    if not exists(database, role):
        database.run(f"create role {identifier(role)} nologin")
    ensure_user(database, login, "nologin")
    if login.username != role:
        database.run(f"grant {identifier(role)} to {identifier(login.username)}")
    _grant(database, role, tables, "usage", "select, insert, update, delete")
    # Replication names the partitions, but the application uses the table that contains them.
    for (parent,) in database.rows(_PARTITIONED_PARENTS, tables=[table.quoted for table in tables]):
        database.run(f"grant select, insert, update, delete on {parent} to {identifier(role)}")


def can_replicate(database: Database, user: str) -> bool:
    """Return whether `user` can log in and read the write-ahead log."""
    return bool(database.value(_CAN_REPLICATE, user=user))


def _allow_replication(database: Database, user: str) -> None:
    if exists(database, "rds_replication"):  # Amazon RDS uses a membership in place of the attribute
        database.run(f"grant rds_replication to {identifier(user)}")
    else:
        database.run(f"alter role {identifier(user)} replication")


def _allow_disabling_triggers(database: Database, user: str) -> None:
    """Allow `user` to set session_replication_role, so that replicated rows fire no triggers."""
    # The administrator of Amazon RDS may not be able to grant the parameter, but can grant rds_superuser, which may set
    # it. Elsewhere only a superuser can set it before PostgreSQL 15: `replication_privileges` reports that.
    if not _grant_trigger_parameter(database, user) and exists(database, "rds_superuser"):
        database.run(f"grant rds_superuser to {identifier(user)}")
        log.warning("replication-user-is-rds-superuser", user=user)


def _grant_trigger_parameter(database: Database, user: str) -> bool:
    """Grant SET on session_replication_role; return whether `user` has it."""
    try:
        database.run(f"grant set on parameter session_replication_role to {identifier(user)}")
    except DatabaseFailure as error:
        if error.sqlstate not in (_SYNTAX_ERROR, _INSUFFICIENT_PRIVILEGE):
            raise
        return False
    # An administrator with SET but without its grant option receives a warning only, and grants nothing.
    return bool(database.value(_MAY_SET_TRIGGER_PARAMETER, user=user))


def _grant(database: Database, role: str, tables: list[Table], on_schema: str, on_table: str) -> None:
    for schema in schemas(tables):
        database.run(f"grant {on_schema} on schema {identifier(schema)} to {identifier(role)}")
        database.run(
            f"grant usage, select, update on all sequences in schema {identifier(schema)} to {identifier(role)}"
        )
    for table in tables:
        database.run(f"grant {on_table} on {table.quoted} to {identifier(role)}")
