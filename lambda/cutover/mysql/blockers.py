"""Replication blockers of MySQL: properties that DMS replicates incorrectly, mostly without an error.

DMS applies changes as statements, so that triggers on the other side fire again. Rows that a cascade changes are
not in the binary log.
"""

from collections.abc import Iterator

from cutover.engine import NOT_NULL_LOB
from cutover.mysql.privileges import missing_privileges
from cutover.premigration_rule import Problem, problem_of
from database.mysql import Session
from migration.tables import Table, rows_of, schemas

_CASCADES = """
select constraint_schema, table_name, constraint_name from information_schema.referential_constraints
where constraint_schema in %s
  and (delete_rule not in ('RESTRICT', 'NO ACTION') or update_rule not in ('RESTRICT', 'NO ACTION'))
order by 1, 2, 3
"""
_TRIGGERS = """
select event_object_schema, event_object_table, trigger_name from information_schema.triggers
where event_object_schema in %s order by 1, 2, 3
"""
_EVENTS = """
select event_schema, event_name from information_schema.events
where event_schema in %s and status = 'ENABLED' order by 1, 2
"""
_GENERATED = """
select table_schema, table_name, column_name from information_schema.columns
where table_schema in %s and coalesce(generation_expression, '') <> '' order by 1, 2, 3
"""
_SYSTEM_VERSIONED = """
select table_schema, table_name, '' from information_schema.tables
where table_schema in %s and table_type = 'SYSTEM VERSIONED' order by 1, 2
"""
# The types that DMS treats as LOBs (DMS user guide, "Source data types for MySQL").
_NOT_NULL_LOBS = """
select table_schema, table_name, column_name from information_schema.columns
where table_schema in %s and is_nullable = 'NO'
  and data_type in ('json', 'mediumtext', 'longtext', 'mediumblob', 'longblob') order by 1, 2, 3
"""
_TIMESTAMPS = "select count(*) from information_schema.columns where table_schema in %s and data_type = 'timestamp'"
_IS_UTC = """
select case @@global.time_zone when 'SYSTEM' then @@system_time_zone else @@global.time_zone end
  in ('UTC', '+00:00', 'Etc/UTC', 'GMT')
"""
# The threads that apply another server's changes; InnoDB's threads are daemons.
_APPLIER_THREADS = """
select count(*) from information_schema.processlist where user = 'system user' and command <> 'Daemon'
"""

_BLOCKERS: tuple[tuple[str, str, str], ...] = (
    (
        _GENERATED,
        "{} has the generated column {}, which DMS cannot write",
        "alter table {} drop column {}, and compute it in a view",
    ),
    (_NOT_NULL_LOBS, NOT_NULL_LOB, "alter table {} modify {} TYPE null"),
    (
        _SYSTEM_VERSIONED,
        "{} is system-versioned, and DMS does not copy its history",
        "alter table {} drop system versioning",
    ),
    (_TRIGGERS, "{} has the trigger {}, which fires again for each replicated row", "drop trigger {1}"),
    (
        _CASCADES,
        "{} has the foreign key {} with a cascade, whose changes are not in the binary log",
        "alter table {} drop foreign key {}, and add it again with ON DELETE RESTRICT ON UPDATE RESTRICT",
    ),
)
"""Queries that return schema, table and object, with a description and a remedy of a table and an object."""


def replication_blockers(session: Session, tables: list[Table]) -> Iterator[Problem]:
    """Yield each blocker that a table or the server has, and each privilege that is missing to find them."""
    names = schemas(tables)
    user = session.value("select current_user()")
    for finding in missing_privileges(session, names):
        yield Problem(finding.object, f"the user {user} {finding}", finding.remedy)
    if session.value(_TIMESTAMPS, names) and not session.value(_IS_UTC):
        yield Problem(
            "time_zone",
            "the server's time zone is not UTC, in which DMS reads columns of the type timestamp",
            "set global time_zone = '+00:00', also in the server's configuration",
        )
    if session.value(_APPLIER_THREADS):
        yield Problem(
            "replication",
            "the server is a replica: it applies another server's changes, which no fence blocks",
            "stop replica; or migrate from the primary",
        )
    for sql, text, remedy in _BLOCKERS:
        for schema, table, name in rows_of(tables, session.rows(sql, names)):
            yield problem_of(f"{schema}.{table}", name, text, remedy)
    for schema, event in session.rows(_EVENTS, names):
        yield Problem(
            f"{schema}.{event}",
            f"the event {schema}.{event} is enabled, and writes without a login",
            f"alter event {schema}.{event} disable",
        )
