"""What MySQL's tables are like, and what in them replication would get wrong."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cutover.administered import Facts, large
from cutover.facts import FactSheet
from cutover.mysql import rights
from database.mysql import Session, identifier
from migration.row_readers.mysql import MySql, without_width
from migration.tables import Table, rows_of, schemas

# MySQL 8.0.30 calls the same by another name.
_THREE_BYTES = re.compile(r"^utf8_")

_COLUMNS = """
select table_schema, table_name, column_name, column_type, is_nullable, coalesce(collation_name, ''),
  extra like '%%auto_increment%%'
from information_schema.columns where table_schema in %s
"""
_INDEXES = """
select table_schema, table_name, max(index_name = 'PRIMARY'), max(non_unique) = 0,
  group_concat(concat(coalesce(column_name, '(expression)'), if(sub_part is null, '', concat('(', sub_part, ')')))
    order by seq_in_index separator ', ')
from information_schema.statistics where table_schema in %s group by table_schema, table_name, index_name
"""
_FOREIGN_KEYS = """
select k.table_schema, k.table_name,
  group_concat(concat(k.column_name, ' to ', k.referenced_table_name, '.', k.referenced_column_name)
    order by k.ordinal_position separator ', ')
from information_schema.key_column_usage k
where k.table_schema in %s and k.referenced_table_name is not null
group by k.table_schema, k.table_name, k.constraint_name
"""
_ENGINES = "select table_schema, table_name, engine from information_schema.tables where table_schema in %s"
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
_VERSIONED = """
select table_schema, table_name, '' from information_schema.tables
where table_schema in %s and table_type = 'SYSTEM VERSIONED' order by 1, 2
"""
# What DMS takes for large objects (DMS user guide, "Source data types for MySQL").
_LARGE = """
select table_schema, table_name, column_name from information_schema.columns
where table_schema in %s and is_nullable = 'NO'
  and data_type in ('json', 'mediumtext', 'longtext', 'mediumblob', 'longblob') order by 1, 2, 3
"""
_INSTANTS = "select count(*) from information_schema.columns where table_schema in %s and data_type = 'timestamp'"
_IN_UTC = """
select case @@global.time_zone when 'SYSTEM' then @@system_time_zone else @@global.time_zone end
  in ('UTC', '+00:00', 'Etc/UTC', 'GMT')
"""
# The threads that apply what another server sends; those of InnoDB are daemons.
_APPLIERS = """
select count(*) from information_schema.processlist where user = 'system user' and command <> 'Daemon'
"""
_APPLY_ERRORS = "select table_schema from information_schema.tables where table_name = 'awsdms_apply_exceptions'"


_HINDRANCES: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    (_GENERATED, "{} has the generated column {}, which takes no value".format),
    (_LARGE, large),
    (_VERSIONED, "{} keeps its versions, which DMS does not copy".format),
    (_TRIGGERS, "{} has the trigger {}, which would fire again for each row that arrives".format),
    (_CASCADES, "{} has the foreign key {}, which changes rows that the binary log leaves out".format),
)
"""Queries of table and name, and what each row is told as, with the name or without it."""


@dataclass(frozen=True)
class Schema:
    """See `cutover.administered.Schema`."""

    session: Session

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """See the protocol."""
        return MySql(self.session).tables(patterns)

    def facts(self, found: list[Table]) -> Facts:
        """See the protocol."""
        sheet = FactSheet()
        for schema, table, column, kind, nullable, collation, counted in self._rows(_COLUMNS, found):
            said = (
                without_width(kind),
                _THREE_BYTES.sub("utf8mb3_", collation),
                "" if nullable == "YES" else "not null",
                "identity" if counted else "",
            )
            sheet.add(schema, table, f"column {column}", " ".join(filter(None, said)))
        for index in self._rows(_INDEXES, found):
            sheet.add_index(*index)
        for schema, table, columns in self._rows(_FOREIGN_KEYS, found):
            sheet.add(schema, table, f"foreign key from {columns}")
        for schema, table, engine in self._rows(_ENGINES, found):
            sheet.add(schema, table, "storage engine", str(engine))
        return sheet.facts

    def hindrances(self, found: list[Table]) -> Iterator[str]:
        """See the protocol. DMS applies statements: triggers fire again. What a cascade changes is in no binary log."""
        near = schemas(found)
        user = self.session.value("select current_user()")
        yield from (f"the user {user} {lack}" for lack in rights.lacks(self.session, near))
        if self.session.value(_INSTANTS, near) and not self.session.value(_IN_UTC):
            yield "the server's time zone is not UTC, and DMS reads the columns of type timestamp in it"
        if self.session.value(_APPLIERS):
            yield "the server applies what another server sends it, which no fence stops"
        for sql, told in _HINDRANCES:
            yield from (told(f"{schema}.{table}", name) for schema, table, name in self._rows(sql, found))
        for schema, event in self.session.rows(_EVENTS, near):
            yield f"the event {schema}.{event} writes though nobody is logged in"

    def apply_errors(self) -> int:
        """See the protocol."""
        found = [identifier(row[0]) for row in self.session.rows(_APPLY_ERRORS)]
        return sum(int(self.session.value(f"select count(*) from {name}.awsdms_apply_exceptions")) for name in found)

    def _rows(self, sql: str, found: list[Table]) -> list[tuple[Any, ...]]:
        return rows_of(found, self.session.rows(sql, schemas(found)))
