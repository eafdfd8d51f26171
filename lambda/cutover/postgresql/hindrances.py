"""What PostgreSQL's tables may have that DMS gets wrong, most of it silently, or that no fence stops.

Source: DMS user guide, "Limitations on using a PostgreSQL database as a DMS source" and "Source data types for
PostgreSQL"; PostgreSQL, "Logical Replication", "Restrictions".
"""

from collections.abc import Callable, Iterator

from cutover.administered import large
from database.postgresql import Database
from migration.tables import Table, rows_of, schemas

_COLUMN = """
select n.nspname::text, c.relname::text, a.attname::text
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_type d on d.oid = a.atttypid
  join pg_type t on t.oid = case d.typtype when 'd' then d.typbasetype else d.oid end
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and n.nspname = any(cast(:schemas as text[]))
  and {} order by 1, 2, 3
"""
_LARGE = "a.attnotnull and (t.typname in ('text', 'json', 'jsonb', 'xml', 'bytea') or t.typcategory = 'A')"
_BOUNDLESS = "t.typname = 'numeric' and case d.typtype when 'd' then d.typtypmod else a.atttypmod end = -1"
_ALWAYS = "a.attidentity = 'a'"
_GENERATED = """
exists (select 1 from information_schema.columns i where i.is_generated = 'ALWAYS'
        and (i.table_schema, i.table_name, i.column_name) = (n.nspname, c.relname, a.attname))
"""

_TABLE = """
select n.nspname::text, c.relname::text, '' from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname = any(cast(:schemas as text[])) and {} order by 1, 2
"""
_PARTITIONED = "c.relkind = 'p'"
_UNLOGGED = "c.relpersistence = 'u'"
# With DEFAULT a key that is checked late is none, and changed rows are not named either.
_NAMELESS = """
(c.relreplident = 'n' or c.relreplident = 'i' and not exists (
  select 1 from pg_index i where i.indrelid = c.oid and i.indisreplident and i.indisprimary))
"""

_LATE = """
select n.nspname::text, c.relname::text, k.conname::text
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where k.contype in ('p', 'u', 'x') and k.condeferrable and n.nspname = any(cast(:schemas as text[])) order by 1, 2, 3
"""
_SUBSCRIBED = """
select n.nspname::text, c.relname::text, s.subname::text
from pg_subscription_rel r join pg_subscription s on s.oid = r.srsubid join pg_class c on c.oid = r.srrelid
  join pg_namespace n on n.oid = c.relnamespace
where s.subenabled and n.nspname = any(cast(:schemas as text[])) order by 1, 2, 3
"""
_COALESCED = """
select n.nspname::text, c.relname::text, x.relname::text
from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
where i.indisunique and pg_get_expr(i.indexprs, i.indrelid) ilike '%coalesce(%'
  and n.nspname = any(cast(:schemas as text[])) order by 1, 2, 3
"""

_HINDRANCES: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    (_COLUMN.format(_LARGE), large),
    (_COLUMN.format(_BOUNDLESS), "{} has the numeric column {}, which DMS rounds to six decimals: bound it".format),
    (_COLUMN.format(_ALWAYS), "{} has the identity {}, which takes no value: generate it by default".format),
    (_COLUMN.format(_GENERATED), "{} has the generated column {}, which takes no value".format),
    (
        _TABLE.format(_PARTITIONED),
        "{} is partitioned, and DMS would write its rows twice: name its partitions in its stead".format,
    ),
    (_TABLE.format(_UNLOGGED), "{} is unlogged: its changes are in no log".format),
    (_TABLE.format(_NAMELESS), "{} has a replica identity other than its key: changed rows cannot be found".format),
    (_LATE, "{} has the deferrable constraint {}, which DMS does not keep to".format),
    (_SUBSCRIBED, "{} gets rows by the subscription {}, which no fence stops".format),
    (_COALESCED, "{} has the unique index {} over coalesce, which DMS does not know".format),
)
"""Queries of table and name, and what each row is told as, with the name or without it."""


def hindrances(database: Database, found: list[Table]) -> Iterator[str]:
    """What of `found` replication would get wrong. Rows that arrive fire no triggers: `session_replication_role`."""
    for sql, told in _HINDRANCES:
        for schema, table, name in rows_of(found, database.rows(sql, schemas=schemas(found))):
            yield told(f"{schema}.{table}", name)
