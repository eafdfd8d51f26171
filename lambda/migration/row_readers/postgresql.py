"""Row reader of PostgreSQL (13 and later): the server hashes, and returns sums, hashes and keys only."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from database.address import Address
from database.postgresql import Database, Row, connect, identifier
from database.secrets import Login
from database.tls import TlsConfig
from migration.control_totals import ControlTotal, DailyTotal
from migration.row_readers.comparison_plan import (
    MAX_VALUE_BYTES,
    Checksum,
    ComparedColumn,
    ComparisonPlan,
    HashFunction,
    Key,
    KeyRange,
    RowHashes,
)
from migration.row_readers.key_ranges import INTEGERS, UUIDS, interpolate_bounds
from migration.row_readers.quick_hash import HashPart, chained_hash, probe_quick_hash
from migration.row_readers.reader import Values
from migration.row_readers.table_schema import Column, TableSchema, TypeFamily
from migration.tables import Table, schemas, tables

_BATCH = 1_000
_FIRST_DAY = "-infinity"
_FIRST_SLOT = 7_089_334_212  # number of an advisory lock that no other program uses
_BLOCK_BYTES = 8_192
_SAMPLED_BLOCKS_PER_CHUNK = 8  # chunks are then even to about a third
_MIN_BLOCKS_TO_SAMPLE = 1_000  # a smaller table is read completely

_FAMILIES = {
    **dict.fromkeys(("smallint", "integer", "bigint", "oid"), TypeFamily.INTEGER),
    **dict.fromkeys(("real", "double precision"), TypeFamily.FLOAT),
    **dict.fromkeys(("text", "character varying", "character", "name", '"char"'), TypeFamily.TEXT),
    **dict.fromkeys(("timestamp without time zone", "timestamp with time zone"), TypeFamily.TIMESTAMP),
    **dict.fromkeys(("json", "jsonb"), TypeFamily.JSON),
    "boolean": TypeFamily.BOOLEAN,
    "numeric": TypeFamily.DECIMAL,
    "bytea": TypeFamily.BINARY,
    "date": TypeFamily.DATE,
    "time without time zone": TypeFamily.TIME,
    "uuid": TypeFamily.UUID,
}

# A chunk uses one core of the server, and an index. With row_security off, a policy that hides rows from this user is
# an error: hidden rows would not be compared.
_SESSION = """
set default_transaction_read_only = on; set max_parallel_workers_per_gather = 0; set jit = off;
set row_security = off
"""
_TABLE_SCHEMA = """
with it as (select to_regclass(:table) as oid),
key as (
  select i.columns from it, lateral (
    select *, array(select u.number from unnest(indkey::smallint[]) with ordinality as u (number, place)
                    where u.place <= indnkeyatts order by u.place) as columns
    from pg_index where indrelid = it.oid) i
  where i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null and not exists (
    select 1 from pg_attribute a
    where a.attrelid = it.oid and a.attnum = any(i.columns) and not a.attnotnull)
  order by not i.indisprimary, i.indnkeyatts, i.indexrelid limit 1)
select a.attname::text, format_type(a.atttypid, a.atttypmod),
       format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null), a.attnotnull,
       coalesce(array_position((select columns from key), a.attnum), -1),
       (select relkind = 'p' from pg_class c join it on c.oid = it.oid)
from it join pg_attribute a on a.attrelid = it.oid join pg_type t on t.oid = a.atttypid
where a.attnum > 0 and not a.attisdropped order by a.attname collate "C"
"""
_HISTOGRAM = """
select unnest(cast(cast(histogram_bounds as text) as text[])) from pg_stats
where schemaname = :schema and tablename = :table and attname = :column
order by inherited desc
"""
_SEQUENCES = """
select schemaname::text || '.' || sequencename::text,
       concat_ws(' ', data_type, increment_by, case when cycle then 'cycle' end),
       coalesce(last_value, case when has_sequence_privilege(c.oid, 'usage, select') then 0 end)
from pg_sequences join pg_namespace n on n.nspname = schemaname
  join pg_class c on c.relnamespace = n.oid and c.relname = sequencename
where schemaname = any(cast(:schemas as text[]))
"""


@contextmanager
def open_reader(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator["PostgreSqlReader"]:
    """Open a read-only session; `timeout` limits the seconds of each statement."""
    with connect(address, login, tls, timeout=timeout) as database:
        database.run(_SESSION)
        yield PostgreSqlReader(database, str(database.value("show server_encoding")) == "UTF8")


@dataclass
class PostgreSqlReader:
    """Reader on one session."""

    database: Database
    is_utf8: bool
    engine: str = "postgres"
    bytes_read: int = field(default=0)

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """See `Reader`."""
        return tables(self.database, patterns)

    def table_schema(self, table: Table) -> TableSchema | None:
        """See `Reader`. Without a primary key, a unique index over NOT NULL columns is the key."""
        with self.database.transaction():
            self.database.run("set local search_path = pg_catalog")  # so that types of other schemas are qualified
            rows = self._query(_TABLE_SCHEMA, table=table.quoted)
        columns = [Column(row[0], row[1], _FAMILIES.get(row[2], TypeFamily.OTHER), not row[3]) for row in rows]
        in_key = sorted((int(row[4]), column.name) for row, column in zip(rows, columns, strict=True) if row[4] >= 0)
        if not rows:
            return None
        table = replace(table, is_partitioned=bool(rows[0][5]))
        found = TableSchema(table, tuple(columns), ())
        key = tuple(column for _, name in in_key if (column := found.column(name)) is not None)
        return TableSchema(table, found.columns, key)

    def chunk_bounds(self, schema: TableSchema, rows: int) -> list[Key]:
        """See `Reader`. Integers and UUIDs are divided by the planner's histogram, others by a sample of blocks."""
        chunks = math.ceil(schema.table.estimate / rows)
        if chunks <= 1 or not schema.key:
            return []
        codec = {TypeFamily.INTEGER: INTEGERS, TypeFamily.UUID: UUIDS}.get(schema.key[0].family)
        if codec is None or len(schema.key) > 1:
            return self._sample_bounds(schema, chunks)
        key, table = schema.key[0], schema.table
        ends = [self._end(schema, order) for order in ("asc", "desc")]
        if None in ends:
            return []
        low, high = (codec.encode(str(end)) for end in ends)
        histogram = self._query(_HISTOGRAM, schema=table.schema, table=table.name, column=key.name)
        inner = {number for row in histogram if low < (number := codec.encode(row[0])) < high}
        return [(codec.decode(number),) for number in interpolate_bounds(sorted({low, high} | inner), chunks)]

    def probe_quick_hash(self) -> str:
        """See `Reader`."""
        return probe_quick_hash(self.database)

    def checksum(self, plan: ComparisonPlan, key_range: KeyRange) -> Checksum:
        """See `Reader`."""
        where, parameters = _where(plan.key, key_range)
        sql = f"select count(*), coalesce(sum({self._hash(plan)}), 0)::text from {_rows(plan.table)} where {where}"
        row = self._query(sql, **parameters)[0]
        return Checksum(int(row[0]), row[1])

    def newest_checksum(self, plan: ComparisonPlan, rows: int) -> Checksum:
        """See `Reader`."""
        order = ", ".join(f"{identifier(column.name)} desc" for column in plan.key)
        inner = f"select {self._hash(plan)} as hash from {_rows(plan.table)} order by {order} limit {rows}"
        row = self._query(f"select count(*), coalesce(sum(hash), 0)::text from ({inner}) as hashed")[0]
        return Checksum(int(row[0]), row[1])

    def bucket_checksums(self, plan: ComparisonPlan, key_range: KeyRange, count: int) -> dict[int, Checksum]:
        """See `Reader`."""
        where, parameters = _where(plan.key, key_range)
        inner = (
            f"select {self._bucket(plan, count)} as b, count(*) as n, sum({self._hash(plan)})::text as s"
            f" from {_rows(plan.table)} where {where} group by 1"
        )
        sql = f"select coalesce(string_agg(concat_ws(' ', b, n, s), ','), '') from ({inner}) as summed"
        text = str(self._query(sql, **parameters)[0][0])
        found = (part.split(" ") for part in text.split(",") if part)
        return {int(bucket): Checksum(int(rows), total) for bucket, rows, total in found}

    def row_hashes(
        self, plan: ComparisonPlan, key_range: KeyRange, count: int, buckets: Iterable[int] | None
    ) -> RowHashes:
        """See `Reader`. All rows are one text: the driver would parse rows more slowly than the server hashes them."""
        where, parameters = _where(plan.key, key_range)
        if buckets is not None:
            where += f" and {self._bucket(plan, count)} = any(cast(:buckets as integer[]))"
            parameters["buckets"] = list(buckets)
        shown = ", ".join([*(_escaped(column) for column in plan.key), f"to_hex({self._hash(plan)})"])
        sql = (
            f"select coalesce(string_agg(concat_ws(chr(31), {shown}), chr(10)), '')"
            f" from {_rows(plan.table)} where {where}"
        )
        text = str(self._query(sql, **parameters)[0][0])
        return dict(_parse_row(plan.key, line.split("\x1f")) for line in text.split("\n") if line)

    def column_hashes(self, plan: ComparisonPlan, keys: Sequence[Key]) -> Values:
        """See `Reader`."""
        texts = [
            self._short(compared) if plan.hash is HashFunction.MD5 else _text(compared) for compared in plan.columns
        ]
        return dict(self._by_key(plan, keys, [f"to_hex({self._digest(plan, text)})" for text in texts]))

    def column_values(self, plan: ComparisonPlan, keys: Sequence[Key], names: Sequence[str]) -> Values:
        """See `Reader`."""
        values = [_common(compared.column) for compared in plan.columns if compared.column.name in names]
        return dict(self._by_key(plan, keys, values))

    def sequences(self, found: list[Table]) -> dict[str, tuple[str, int | None]]:
        """See `Reader`."""
        rows = self._query(_SEQUENCES, schemas=schemas(found))
        return {row[0]: (row[1], None if row[2] is None else int(row[2])) for row in rows}

    def daily_totals(self, control: ControlTotal, since: str | None) -> list[DailyTotal]:
        """See `Reader`. The session's time zone is UTC."""
        table = ".".join(identifier(part) for part in control.table.split(".", 1))
        amount, currency, time = (identifier(name) for name in (control.amount, control.currency, control.time))
        sql = (
            f"select cast({time} as date)::text, {currency}::text, count(*), coalesce(sum({amount}), 0)::text"
            f" from {table} where {time} >= cast(:since as date) group by 1, 2 order by 1, 2"
        )
        rows = self._query(sql, since=since or _FIRST_DAY)
        return [DailyTotal(str(row[0]), str(row[1]), int(row[2]), Decimal(row[3])) for row in rows]

    def acquire_slot(self, slots: int) -> bool:
        """See `Reader`. A slot is an advisory lock."""
        sql = "select pg_try_advisory_lock(cast(:slot as bigint))"
        return any(self._query(sql, slot=_FIRST_SLOT + number)[0][0] for number in range(slots))

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        rows = self.database.rows(sql, **parameters)
        self.bytes_read += sum(len(value) if isinstance(value, str) else 8 for row in rows for value in row)
        return rows

    def _hash(self, plan: ComparisonPlan) -> str:
        if plan.hash is HashFunction.QUICK:
            return chained_hash([_part(compared) for compared in plan.columns])
        return self._digest(plan, _joined("'|'", [self._length_prefixed(compared) for compared in plan.columns]))

    def _length_prefixed(self, compared: ComparedColumn) -> str:
        """Return a column's part of an unambiguous row text: a hyphen for NULL, a length if it may contain a bar."""
        text = self._short(compared)
        if not compared.length_prefixed:
            return f"coalesce({text}, '-')"
        return f"coalesce(octet_length({self._bytes(text)}) || ':' || {text}, '-')"

    def _short(self, compared: ComparedColumn) -> str:
        """Return the expression of a column's compared text, or of its MD5 if it is long, as in the MySQL reader."""
        text = _text(compared)
        if compared.column.family is TypeFamily.BINARY and compared.in_common_form:
            content = identifier(compared.column.name)
        elif compared.length_prefixed:
            content = self._bytes(text)
        else:
            return text
        return f"case when octet_length({content}) > {MAX_VALUE_BYTES} then md5({content}) else {text} end"

    def _digest(self, plan: ComparisonPlan, text: str) -> str:
        if plan.hash is HashFunction.QUICK:
            return f'hashtextextended({text} collate "C", 0)'
        return f"('x' || left(md5({self._bytes(text)}), 16))::bit(64)::bigint"

    def _bucket(self, plan: ComparisonPlan, count: int) -> str:
        text = _joined("'|'", [_common(column) for column in plan.key])
        if plan.hash is HashFunction.QUICK:
            return f'(hashtextextended({text} collate "C", 1) & {count - 1})::integer'
        return f"(('x' || left(md5({self._bytes(text)}), 4))::bit(16)::integer & {count - 1})"

    def _bytes(self, text: str) -> str:
        return text if self.is_utf8 else f"convert_to({text}, 'UTF8')"

    def _by_key(self, plan: ComparisonPlan, keys: Sequence[Key], values: list[str]) -> Iterator[tuple[Key, Any]]:
        names = [f"k{index}" for index in range(len(plan.key))]
        given = ", ".join(f"cast(:{name} as text[])" for name in names)
        pairs = list(zip(names, plan.key, strict=True))
        match = " and ".join(f"t.{identifier(column.name)} = {_typed(f'g.{name}', column)}" for name, column in pairs)
        shown = ", ".join([*(_common(column) for column in plan.key), *values])
        sql = f"select {shown} from unnest({given}) as g({', '.join(names)}) join {_rows(plan.table)} as t on {match}"
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            rows = self._query(sql, **{name: [key[index] for key in batch] for index, name in enumerate(names)})
            yield from ((tuple(row[: len(names)]), tuple(row[len(names) :])) for row in rows)

    def _end(self, schema: TableSchema, order: str) -> Any:
        key = identifier(schema.key[0].name)
        rows = self._query(f"select {key}::text from {_rows(schema.table)} as t order by t.{key} {order} limit 1")
        return rows[0][0] if rows else None

    def _sample_bounds(self, schema: TableSchema, chunks: int) -> list[Key]:
        """Return bounds from the keys of a sample of blocks, the only ones that TABLESAMPLE SYSTEM reads."""
        blocks = schema.table.size / _BLOCK_BYTES
        sampled_blocks = max(chunks * _SAMPLED_BLOCKS_PER_CHUNK, 500)
        percent = 100.0 if blocks <= _MIN_BLOCKS_TO_SAMPLE else min(100.0, 100 * sampled_blocks / blocks)
        order = ", ".join(identifier(column.name) for column in schema.key)
        keys = ", ".join(f"{_common(column)} as k{index}" for index, column in enumerate(schema.key))
        names = ", ".join(f"k{index}" for index in range(len(schema.key)))
        rows = self._query(
            f"select {names} from (select {keys}, row_number() over (order by {order}) as n, count(*) over () as all_"
            f" from {_rows(schema.table)} tablesample system ({percent:.6f}) repeatable (0)) as sampled"
            f" where n < all_ and n * {chunks} / all_ > (n - 1) * {chunks} / all_ order by n"
        )
        return [tuple(row) for row in rows]


def _rows(table: Table) -> str:
    """Return the FROM item of a table: rows of its partitions belong to it, rows of inheriting tables do not."""
    return table.quoted if table.is_partitioned else f"only {table.quoted}"


def _text(compared: ComparedColumn) -> str:
    """Return the expression of a column's compared text."""
    column = compared.column
    if compared.in_common_form or column.native == "numeric":  # without a scale, each value has its own
        return _common(column)
    return f"{identifier(column.name)}::text"


def _common(column: Column) -> str:
    """Return the expression of a column's text in the common form of the engines."""
    name = identifier(column.name)
    match column.family:
        case TypeFamily.BOOLEAN:
            return f"{name}::integer::text"
        case TypeFamily.DECIMAL:
            return f"trim_scale({name})::text"
        case TypeFamily.FLOAT:
            number = f"{name}::double precision"
            return (
                f"case when {number} = 0 then '0'"
                f" when abs({number}) between 1e-13 and 1e30 then trim_scale({number}::text::numeric)::text"
                rf" else regexp_replace({number}::text, 'e\+?(-?)0*([0-9])', 'e\1\2') end"
            )
        case TypeFamily.BINARY:
            return f"encode({name}, 'hex')"
        case TypeFamily.TIMESTAMP:
            common = f"isfinite({name}) and {name} >= '0001-01-01'"  # before that, to_char omits the era
            return f"case when {common} then to_char({name}, 'YYYY-MM-DD HH24:MI:SS.US') else {name}::text end"
        case TypeFamily.TIME:
            return f"to_char({name}::interval, 'HH24:MI:SS.US')"  # an interval can be 24:00
        case TypeFamily.JSON:
            return f"{name}::jsonb::text"
        case _:
            return f"{name}::text"


def _part(compared: ComparedColumn) -> HashPart:
    """Return the part of a column in the quick hash."""
    if compared.length_prefixed:
        return HashPart(_text(compared), identifier(compared.column.name))
    return HashPart(f"coalesce({_text(compared)}, '-')", None)


def _joined(separator: str, parts: list[str]) -> str:
    """Return `concat_ws` of the parts, in groups: a function of PostgreSQL takes 100 arguments."""
    if len(parts) > 90:
        parts = [_joined(separator, parts[start : start + 90]) for start in range(0, len(parts), 90)]
    return f"concat_ws({separator}, {', '.join(parts)})"


def _escaped(column: Column) -> str:
    """Return the expression of a key column in a list of keys, in hexadecimal if it may contain a separator."""
    text = _common(column)
    return text if column.family.is_plain else f"encode(convert_to({text}, 'UTF8'), 'hex')"


def _parse_row(key: tuple[Column, ...], parts: list[str]) -> tuple[Key, str]:
    texts = (
        part if column.family.is_plain else bytes.fromhex(part).decode()
        for column, part in zip(key, parts, strict=False)
    )
    return tuple(texts), parts[-1]


def _where(key: tuple[Column, ...], key_range: KeyRange) -> tuple[str, dict[str, Any]]:
    conditions, parameters = ["true"], dict[str, Any]()
    names = ", ".join(identifier(column.name) for column in key)
    for sign, bound, name in ((">", key_range.low, "low"), ("<=", key_range.high, "high")):
        if bound is None:
            continue
        marks = ", ".join(_typed(f":{name}{index}", column) for index, column in enumerate(key))
        conditions.append(f"({names}) {sign} ({marks})")
        parameters |= {f"{name}{index}": part for index, part in enumerate(bound)}
    return " and ".join(conditions), parameters


def _typed(parameter: str, column: Column) -> str:
    """Return the expression that casts a key part from text to the column's type."""
    if column.family is TypeFamily.BINARY:
        return f"decode(cast({parameter} as text), 'hex')"
    kind = re.sub(r"\([^)]*\)", "", column.native)  # a length would truncate, a scale would round
    kind = {"character": "bpchar", "bit": column.native}.get(
        kind, kind
    )  # without a length they mean one character, one bit
    return f"cast({parameter} as {kind})"
