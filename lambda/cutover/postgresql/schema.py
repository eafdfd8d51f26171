"""What PostgreSQL's tables are like."""

from collections.abc import Iterator
from dataclasses import dataclass

from cutover.administered import Facts
from cutover.facts import FactSheet
from cutover.postgresql.hindrances import hindrances
from database.postgresql import Database, Row
from migration.tables import Table, rows_of, schemas, tables

_COLUMNS = """
select n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity::text
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and n.nspname = any(cast(:schemas as text[]))
"""
_INDEXES = """
select n.nspname::text, c.relname::text, i.indisprimary, i.indisunique,
       regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX .* ON .* USING ', '')
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
where i.indislive and n.nspname = any(cast(:schemas as text[]))
"""
_CONSTRAINTS = """
select n.nspname::text, c.relname::text, pg_get_constraintdef(k.oid)
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where k.contype in ('f', 'c', 'x') and n.nspname = any(cast(:schemas as text[]))
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
    """See `cutover.administered.Schema`."""

    database: Database

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """See the protocol."""
        return tables(self.database, patterns)

    def facts(self, found: list[Table]) -> Facts:
        """See the protocol. Sequences stand below the name of their schema."""
        sheet = FactSheet()
        for schema, table, column, kind, needed, identity in self._rows(_COLUMNS, found):
            said = f"{kind}{' not null' if needed else ''}{identity and ' identity'}"
            sheet.add(schema, table, f"column {column}", said)
        for index in self._rows(_INDEXES, found):
            sheet.add_index(*index)
        for schema, table, definition in self._rows(_CONSTRAINTS, found):
            sheet.add(schema, table, f"constraint {definition}")
        for schema, sequence, definition in self.database.rows(_SEQUENCES, schemas=schemas(found)):
            sheet.facts[f"{schema} (sequences)"][f"sequence {sequence}"] = definition
        return sheet.facts

    def hindrances(self, found: list[Table]) -> Iterator[str]:
        """See the protocol."""
        return hindrances(self.database, found)

    def apply_errors(self) -> int:
        """See the protocol."""
        rows = self.database.rows(_APPLY_ERRORS)
        return sum(int(self.database.value(f"select count(*) from {row[0]}")) for row in rows)

    def _rows(self, sql: str, found: list[Table]) -> list[Row]:
        return rows_of(found, self.database.rows(sql, schemas=schemas(found)))
