"""Definitions of tables in MySQL."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cutover.mysql.blockers import replication_blockers
from cutover.premigration_rule import Problem
from cutover.schema_snapshot import SchemaSnapshot
from database.mysql import Session, identifier
from migration.row_readers.mysql import MySqlReader, without_width
from migration.tables import Table, rows_of, schemas

# MySQL 8.0.30 renamed these collations.
_OLD_UTF8MB3 = re.compile(r"^utf8_")
# MariaDB returns a default as an expression ('new', NULL), MySQL as a value (new); both have several names for now().
_QUOTED = re.compile(r"'(?P<value>.*)'", re.DOTALL)
_NOW = re.compile(r"(?:current_timestamp|now|localtimestamp|localtime)(?:\((?P<digits>\d*)\))?", re.IGNORECASE)

_COLUMNS = """
select table_schema, table_name, column_name, column_type, is_nullable, coalesce(collation_name, ''),
  extra like '%%auto_increment%%', column_default, extra like '%%on update%%'
from information_schema.columns where table_schema in %s
"""
_INDEXES = """
select table_schema, table_name,
  case when index_name = 'PRIMARY' then 'primary key' when max(non_unique) = 0 then 'unique index' else 'index' end,
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
_STORAGE_ENGINES = "select table_schema, table_name, engine from information_schema.tables where table_schema in %s"
_APPLY_ERRORS = "select table_schema from information_schema.tables where table_name = 'awsdms_apply_exceptions'"


@dataclass(frozen=True)
class Schema:
    """Implements `cutover.engine.Schema`."""

    session: Session

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """Return the tables that match one of `patterns`."""
        return MySqlReader(self.session).tables(patterns)

    def snapshot(self, tables: list[Table]) -> SchemaSnapshot:
        """Return columns, indexes, foreign keys and storage engines."""
        snapshot = SchemaSnapshot()
        for row in self._rows(_COLUMNS, tables):
            schema, table, column, kind, nullable, collation, is_auto_increment, default, is_updated = row
            definition = (
                without_width(kind),
                _OLD_UTF8MB3.sub("utf8mb3_", collation),
                "" if nullable == "YES" else "not null",
                "identity" if is_auto_increment else "",
            )
            snapshot.add(schema, table, f"column {column}", " ".join(filter(None, definition)))
            on_update = " on update" if is_updated else ""
            snapshot.add(schema, table, f"default of {column}", f"{_default(default)}{on_update}")
        for schema, table, kind, columns in self._rows(_INDEXES, tables):
            snapshot.add_index(schema, table, kind, columns)
        for schema, table, columns in self._rows(_FOREIGN_KEYS, tables):
            snapshot.add(schema, table, f"foreign key from {columns}")
        for schema, table, engine in self._rows(_STORAGE_ENGINES, tables):
            snapshot.add(schema, table, "storage engine", str(engine))
        return snapshot

    def has_rows(self, table: Table) -> bool:
        """Return whether `table` has at least one row."""
        name = f"{identifier(table.schema)}.{identifier(table.name)}"
        return bool(self.session.value(f"select exists (select 1 from {name})"))

    def replication_blockers(self, tables: list[Table]) -> Iterator[Problem]:
        """Yield the replication blockers of `cutover.mysql.blockers`."""
        return replication_blockers(self.session, tables)

    def apply_errors(self) -> int:
        """Return the number of rows in the exception tables of DMS."""
        found = [identifier(row[0]) for row in self.session.rows(_APPLY_ERRORS)]
        return sum(int(self.session.value(f"select count(*) from {name}.awsdms_apply_exceptions")) for name in found)

    def _rows(self, sql: str, tables: list[Table]) -> list[tuple[Any, ...]]:
        return rows_of(tables, self.session.rows(sql, schemas(tables)))


def _default(text: str | None) -> str:
    """Return the default of a column in the same form for MySQL and MariaDB; empty without one, as for NULL."""
    if text is None or text == "NULL":
        return ""
    if now := _NOW.fullmatch(text):
        return f"current_timestamp({now['digits'] or '0'})"
    quoted = _QUOTED.fullmatch(text)
    return quoted["value"].replace("''", "'") if quoted else text
