"""Comparing schemas: what must be the same on both sides before a row is copied.

DMS makes no secondary indexes, foreign keys or identities, and follows updates by the primary key only.
"""

from collections.abc import Mapping
from typing import TypeAlias

from common.database import Database
from common.errors import SchemaMismatch
from common.tables import Table, schemas, tables

Facts: TypeAlias = "Mapping[str, Mapping[str, str]]"
"""Table to the name of a fact to what it says."""

_SHOWN = 20

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


def compare(source: Database, target: Database, patterns: tuple[str, ...]) -> list[Table]:
    """The tables to move; raises `SchemaMismatch` with the names of what differs."""
    found = tables(source, patterns)
    if not found:
        raise SchemaMismatch(f"no table of the source matches {', '.join(patterns)}")
    differences = list(_differences(facts(source, found), facts(target, found)))
    if differences:
        more = len(differences) - _SHOWN
        shown = "; ".join(differences[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise SchemaMismatch(f"source and target differ: {shown}")
    return found


def facts(database: Database, found: list[Table]) -> dict[str, dict[str, str]]:
    """What is to be the same, table by table; sequences stand below the name of their schema."""
    wanted = {str(table) for table in found}
    near = schemas(found)
    known: dict[str, dict[str, str]] = {}

    def add(schema: str, table: str, fact: str, value: str) -> None:
        if f"{schema}.{table}" in wanted:
            known.setdefault(f"{schema}.{table}", {})[fact] = value

    for schema, table, column, kind, needed, identity in database.rows(_COLUMNS, schemas=near):
        add(schema, table, f"column {column}", f"{kind}{' not null' if needed else ''}{identity and ' identity'}")
    for schema, table, primary, unique, definition in database.rows(_INDEXES, schemas=near):
        if primary:
            add(schema, table, "primary key", definition)
        else:
            add(schema, table, f"{'unique ' if unique else ''}index on {definition}", "present")
    for schema, table, _, definition in database.rows(_CONSTRAINTS, schemas=near):
        add(schema, table, f"constraint {definition}", "present")
    for schema, sequence, definition in database.rows(_SEQUENCES, schemas=near):
        known.setdefault(f"{schema} (sequences)", {})[f"sequence {sequence}"] = definition
    return known


def _differences(source: Facts, target: Facts) -> "list[str]":
    found: list[str] = []
    for table in sorted(source.keys() | target.keys()):
        here, there = source.get(table, {}), target.get(table, {})
        if not there:
            found.append(f"{table} is missing in the target")
            continue
        if "primary key" not in here and not table.endswith("(sequences)"):
            found.append(f"{table} has no primary key")
        found.extend(
            f"{table}: {fact}" for fact in sorted(here.keys() | there.keys()) if here.get(fact) != there.get(fact)
        )
    return found
