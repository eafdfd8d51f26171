"""Definitions of tables in PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass

from cutover.postgresql.blockers import replication_blockers
from cutover.premigration_rule import Problem
from cutover.schema_snapshot import SchemaSnapshot
from database.postgresql import Database, Row
from migration import tables as table_catalog
from migration.tables import Table, rows_of, schemas

_COLUMNS = """
select n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity::text, coalesce(pg_get_expr(d.adbin, d.adrelid), '')
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and n.nspname = any(cast(:schemas as text[]))
"""
_INDEXES = """
select n.nspname::text, c.relname::text,
       case when i.indisprimary then 'primary key' when i.indisunique then 'unique index' else 'index' end,
       regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX .* ON .* USING ', '')
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
where i.indislive and n.nspname = any(cast(:schemas as text[]))
"""
_CONSTRAINTS = """
select n.nspname::text, c.relname::text, pg_get_constraintdef(k.oid)
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where k.contype in ('f', 'c', 'x') and n.nspname = any(cast(:schemas as text[]))
"""
# tgenabled and ev_enabled: O is enabled, D disabled, A always, R replica.
_TRIGGERS = """
select n.nspname::text, c.relname::text, g.tgname::text, g.tgenabled::text || ' ' || pg_get_triggerdef(g.oid)
from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
where not g.tgisinternal and n.nspname = any(cast(:schemas as text[]))
"""
_RULES = """
select n.nspname::text, c.relname::text, w.rulename::text, w.ev_enabled::text || ' ' || pg_get_ruledef(w.oid)
from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(cast(:schemas as text[]))
"""
_SEQUENCES = """
select schemaname::text, sequencename::text, increment_by::text || ' ' || data_type::text || ' ' || cycle::text
from pg_sequences where schemaname = any(cast(:schemas as text[]))
"""
_APPLY_ERRORS = """
select n.nspname::text || '.' || quote_ident(c.relname::text)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relname = 'awsdms_apply_exceptions' and c.relkind = 'r'
"""


@dataclass(frozen=True)
class Schema:
    """Implements `cutover.engine.Schema`."""

    database: Database

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """Return the tables that match one of `patterns`."""
        return table_catalog.tables(self.database, patterns)

    def snapshot(self, tables: list[Table]) -> SchemaSnapshot:
        """Return columns, indexes, constraints, triggers and rules, and the sequences of each schema as one entry."""
        snapshot = SchemaSnapshot()
        for schema, table, column, kind, is_not_null, identity, default in self._rows(_COLUMNS, tables):
            definition = f"{kind}{' not null' if is_not_null else ''}{identity and ' identity'}"
            snapshot.add(schema, table, f"column {column}", definition)
            snapshot.add(schema, table, f"default of {column}", default)
        for schema, table, kind, definition in self._rows(_INDEXES, tables):
            snapshot.add_index(schema, table, kind, definition)
        for schema, table, definition in self._rows(_CONSTRAINTS, tables):
            snapshot.add(schema, table, f"constraint {definition}")
        for kind, sql in (("trigger", _TRIGGERS), ("rule", _RULES)):
            for schema, table, name, definition in self._rows(sql, tables):
                snapshot.add(schema, table, f"{kind} {name}", definition)
        for schema, sequence, definition in self.database.rows(_SEQUENCES, schemas=schemas(tables)):
            snapshot.add_sequence(schema, sequence, definition)
        return snapshot

    def has_rows(self, table: Table) -> bool:
        """Return whether `table` has at least one row."""
        return bool(self.database.value(f"select exists (select from {table.quoted})"))

    def replication_blockers(self, tables: list[Table]) -> Iterator[Problem]:
        """Yield the replication blockers of `cutover.postgresql.blockers`."""
        return replication_blockers(self.database, tables)

    def apply_errors(self) -> int:
        """Return the number of rows in the exception tables of DMS."""
        rows = self.database.rows(_APPLY_ERRORS)
        return sum(int(self.database.value(f"select count(*) from {row[0]}")) for row in rows)

    def _rows(self, sql: str, tables: list[Table]) -> list[Row]:
        return rows_of(tables, self.database.rows(sql, schemas=schemas(tables)))
