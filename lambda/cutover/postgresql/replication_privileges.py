"""Privileges that a replication task needs on PostgreSQL to write: the session must belong to its user."""

from collections.abc import Iterator

from common.errors import DatabaseFailure
from cutover.premigration_rule import Problem
from database.postgresql import Database
from migration.tables import Table

_INSUFFICIENT_PRIVILEGE = "42501"  # SQLSTATE
_CAN_CREATE = "select has_schema_privilege(to_regnamespace(quote_ident(:schema)), 'create')"
_INACCESSIBLE = """
select t.quoted from unnest(cast(:tables as text[])) t (quoted)
where not (select bool_and(has_table_privilege(t.quoted, privilege))
           from unnest(array['select', 'insert', 'update', 'delete']) privilege) order by 1
"""


def missing(database: Database, tables: list[Table], control_schema: str) -> Iterator[Problem]:
    """Yield each missing privilege, as a predicate whose subject is the side."""
    user = database.value("select current_user::text")
    if not _can_disable_triggers(database):
        yield Problem(
            "session_replication_role",
            f"denies {user} the parameter session_replication_role, which DMS sets so that replicated rows fire no"
            f" triggers: grant set on parameter session_replication_role to {user}; before PostgreSQL 15, make"
            " the user a superuser",
            f"grant set on parameter session_replication_role to {user}",
        )
    if not database.value(_CAN_CREATE, schema=control_schema):
        yield Problem(
            control_schema,
            f"denies {user} CREATE on the schema {control_schema}, in which DMS creates its control tables",
            f"grant usage, create on schema {control_schema} to {user}",
        )
    names = {table.quoted: str(table) for table in tables}
    inaccessible = ", ".join(names[row[0]] for row in database.rows(_INACCESSIBLE, tables=list(names)))
    if inaccessible:
        yield Problem(
            inaccessible,
            f"denies {user} SELECT, INSERT, UPDATE or DELETE on {inaccessible}",
            f"grant select, insert, update, delete, truncate on {inaccessible} to {user}",
        )


def _can_disable_triggers(database: Database) -> bool:
    try:
        database.run("set session_replication_role = replica")
    except DatabaseFailure as error:
        if error.sqlstate != _INSUFFICIENT_PRIVILEGE:
            raise
        return False
    return True
