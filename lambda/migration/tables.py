"""Tables that are migrated, by the patterns of REPLICATIONS."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from database.postgresql import Database, identifier

MARKER_TABLE = "paymig_marker"
ENVIRONMENT_TABLE, OWNERSHIP_TABLE = "paymig_environment", "paymig_ownership"
MIGRATION_TABLES = (MARKER_TABLE, ENVIRONMENT_TABLE, OWNERSHIP_TABLE)
"""The tables of the migration itself, of which only the markers are replicated."""

Row = TypeVar("Row", bound=Sequence[Any])

# The tables of the migration and the DMS control tables are not migrated. A partition is listed only if the
# patterns match no table above it.
_TABLES = f"""
with named as (
  select c.oid, n.nspname, c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p')
    and exists (select 1 from unnest(cast(:patterns as text[])) p where n.nspname || '.' || c.relname like p)
    and c.relname not in {MIGRATION_TABLES} and c.relname not like 'awsdms\\_%'
    and n.nspname not in ('pg_catalog', 'information_schema'))
select c.nspname::text, c.relname::text,
       (select coalesce(sum(case when l.reltuples > 0 then l.reltuples else pg_relation_size(l.oid) / 100 end), 0)
          from pg_class l where l.oid = any(leaves))::bigint,
       (select coalesce(sum(pg_table_size(leaf)), 0) from unnest(leaves) as leaf)::bigint
from named c,
     lateral (select case when c.relkind = 'r' then array[c.oid] else
       array(select relid::oid from pg_partition_tree(c.oid) where isleaf) end as leaves) as parts
where not exists (select 1 from pg_partition_ancestors(c.oid) above join named n on n.oid = above where n.oid <> c.oid)
order by 1, 2
"""


@dataclass(frozen=True)
class Table:
    """Table with its estimated rows, from statistics or from its size, and its size in bytes."""

    schema: str
    name: str
    estimate: int
    size: int = 0
    is_partitioned: bool = False

    @property
    def quoted(self) -> str:
        """Name in SQL."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"

    def __str__(self) -> str:
        """Return the name for messages."""
        return f"{self.schema}.{self.name}"


def tables(database: Database, patterns: tuple[str, ...]) -> list[Table]:
    """Return the tables whose `schema.table` matches one of the LIKE patterns, in order."""
    return [Table(row[0], row[1], int(row[2]), int(row[3])) for row in database.rows(_TABLES, patterns=list(patterns))]


def schemas(found: list[Table]) -> list[str]:
    """Return the schemas of tables, in order."""
    return sorted({table.schema for table in found})


def rows_of(found: list[Table], rows: Iterable[Row]) -> list[Row]:
    """Return the rows that belong to these tables; a row starts with schema and table."""
    names = {(table.schema, table.name) for table in found}
    return [row for row in rows if (row[0], row[1]) in names]
