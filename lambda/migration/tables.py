"""The tables that are moved, found by the patterns of REPLICATIONS."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from database.postgresql import Database, identifier

Row = TypeVar("Row", bound=Sequence[Any])

# The migration's own tables are on both sides and are no part of the data: the marker, and DMS's control tables.
# A partition counts as a table of its own where nothing above it is named.
_TABLES = """
with named as (
  select c.oid, n.nspname, c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p')
    and exists (select 1 from unnest(cast(:patterns as text[])) p where n.nspname || '.' || c.relname like p)
    and c.relname <> 'paymig_marker' and c.relname not like 'awsdms\\_%'
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
    """A table, how many rows the planner's statistics give it (or its size, where it was never analysed), and bytes."""

    schema: str
    name: str
    estimate: int
    size: int = 0
    is_partitioned: bool = False

    @property
    def quoted(self) -> str:
        """Its name in SQL."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"

    def __str__(self) -> str:
        """Its name for people."""
        return f"{self.schema}.{self.name}"


def tables(database: Database, patterns: tuple[str, ...]) -> list[Table]:
    """The tables whose `schema.table` matches one of `patterns` (LIKE), in order."""
    return [Table(row[0], row[1], int(row[2]), int(row[3])) for row in database.rows(_TABLES, patterns=list(patterns))]


def schemas(found: list[Table]) -> list[str]:
    """The schemas of `found`, in order."""
    return sorted({table.schema for table in found})


def rows_of(found: list[Table], rows: Iterable[Row]) -> list[Row]:
    """Those of `rows`, which begin with a schema and a table, that are of tables in `found`."""
    wanted = {(table.schema, table.name) for table in found}
    return [row for row in rows if (row[0], row[1]) in wanted]
