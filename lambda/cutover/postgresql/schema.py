"""What PostgreSQL's tables are like."""

from collections.abc import Iterator
from dataclasses import dataclass

from common.database import Database
from common.tables import Table, schemas, tables
from cutover.administered import Facts
from cutover.postgresql.hindrances import hindrances

_COLUMNS = """
select n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity::text
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and n.nspname = any(cast(:schemas as text[]))
"""
# The name of an index is no part of it: administrators choose other names for the same index.
_INDEXES = """
select n.nspname::text, c.relname::text, i.indisprimary, i.indisunique,
       regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX .* ON .* USING ', '')
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
where i.indislive and n.nspname = any(cast(:schemas as text[]))
"""
_CONSTRAINTS = """
select n.nspname::text, c.relname::text, k.contype::text, pg_get_constraintdef(k.oid)
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
        wanted = {str(table) for table in found}
        near = schemas(found)
        known: dict[str, dict[str, str]] = {}

        def add(schema: str, table: str, fact: str, value: str) -> None:
            if f"{schema}.{table}" in wanted:
                known.setdefault(f"{schema}.{table}", {})[fact] = value

        for schema, table, column, kind, needed, identity in self.database.rows(_COLUMNS, schemas=near):
            add(schema, table, f"column {column}", f"{kind}{' not null' if needed else ''}{identity and ' identity'}")
        for schema, table, primary, unique, definition in self.database.rows(_INDEXES, schemas=near):
            if primary:
                add(schema, table, "primary key", definition)
            else:
                add(schema, table, f"{'unique ' if unique else ''}index on {definition}", "present")
        for schema, table, _, definition in self.database.rows(_CONSTRAINTS, schemas=near):
            add(schema, table, f"constraint {definition}", "present")
        for schema, sequence, definition in self.database.rows(_SEQUENCES, schemas=near):
            known.setdefault(f"{schema} (sequences)", {})[f"sequence {sequence}"] = definition
        return known

    def hindrances(self, found: list[Table]) -> Iterator[str]:
        """See the protocol."""
        return hindrances(self.database, found)

    def apply_errors(self) -> int:
        """See the protocol."""
        rows = self.database.rows(_APPLY_ERRORS)
        return sum(int(self.database.value(f"select count(*) from {row[0]}")) for row in rows)
