"""Row reader of MySQL (5.7 and later), Aurora MySQL and MariaDB (10.6 and later)."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from database.address import Address
from database.mysql import Session, connect, identifier
from database.secrets import Login
from database.tls import TlsConfig
from migration.control_totals import ControlTotal, DailyTotal
from migration.row_readers import key_ranges
from migration.row_readers.comparison_plan import (
    MAX_VALUE_BYTES,
    Checksum,
    ComparedColumn,
    ComparisonPlan,
    Key,
    KeyRange,
    RowHashes,
)
from migration.row_readers.key_ranges import KeyCodec, bisect_bounds, common_prefix
from migration.row_readers.reader import Values
from migration.row_readers.table_schema import Column, TableSchema, TypeFamily
from migration.tables import MIGRATION_TABLES, Table, rows_of, schemas

_BATCH = 500
# MariaDB and MySQL before 8.0.19 write a display width.
_DISPLAY_WIDTH = re.compile(r"^((?:tiny|small|medium|big)?int|year)\(\d+\)")

_FAMILIES = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year", "bit"), TypeFamily.INTEGER),
    **dict.fromkeys(("float", "double"), TypeFamily.FLOAT),
    **dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"),
        TypeFamily.TEXT,
    ),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), TypeFamily.BINARY),
    **dict.fromkeys(("datetime", "timestamp"), TypeFamily.TIMESTAMP),
    "decimal": TypeFamily.DECIMAL,
    "date": TypeFamily.DATE,
    "time": TypeFamily.TIME,
    "json": TypeFamily.JSON,
    "uuid": TypeFamily.UUID,
}

_TABLES = f"""
select table_schema, table_name, coalesce(table_rows, 0), coalesce(data_length, 0) from information_schema.tables
where table_type in ('BASE TABLE', 'SYSTEM VERSIONED') and ({{}})
  and table_name not in {MIGRATION_TABLES}
  and table_name not like 'awsdms\\_%%'
  and table_schema not in ('mysql', 'sys', 'information_schema', 'performance_schema')
order by 1, 2
"""
_COLUMNS = """
select column_name, column_type, data_type, is_nullable = 'YES', coalesce(collation_name, '')
from information_schema.columns where table_schema = %s and table_name = %s order by cast(column_name as binary)
"""
_FIRST_DAY = "1000-01-01"
_AUTO_INCREMENT_VALUES = """
select t.table_schema, t.table_name, c.column_type, coalesce(t.auto_increment, 1)
from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
where c.extra like '%%auto_increment%%' and t.table_schema in %s order by 1, 2
"""
_KEYS = """
select index_name, column_name from information_schema.statistics
where table_schema = %s and table_name = %s and non_unique = 0
order by index_name <> 'PRIMARY', index_name, seq_in_index
"""


@contextmanager
def open_reader(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator["MySqlReader"]:
    """Open a read-only session; `timeout` limits the seconds of each statement."""
    with connect(address, login, tls, timeout=timeout) as session:
        session.rows("set session transaction read only")
        yield MySqlReader(session)


@dataclass
class MySqlReader:
    """Reader on one session."""

    session: Session
    engine: str = "mysql"
    bytes_read: int = field(default=0)

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """See `Reader`."""
        like = " or ".join("concat(table_schema, '.', table_name) like %s" for _ in patterns)
        rows = self._query(_TABLES.format(like), *patterns)
        return [Table(row[0], row[1], int(row[2]), int(row[3])) for row in rows]

    def table_schema(self, table: Table) -> TableSchema | None:
        """See `Reader`. Without a primary key, a unique index over NOT NULL columns is the key.

        That includes an index over prefixes: if the prefixes are unique, so are the values.
        """
        rows = self._query(_COLUMNS, table.schema, table.name)
        columns = tuple(_column(*row) for row in rows)
        found = TableSchema(table, columns, ())
        indexes: dict[str, list[Column | None]] = {}
        for index, name in self._query(_KEYS, table.schema, table.name):
            indexes.setdefault(index, []).append(found.column(name))
        for parts in indexes.values():
            key = tuple(column for column in parts if column is not None and not column.nullable)
            if len(key) == len(parts):
                return TableSchema(table, columns, key)
        return found if rows else None

    def chunk_bounds(self, schema: TableSchema, rows: int) -> list[Key]:
        """See `Reader`. Ranges of the key are halved until the optimizer estimates few enough rows in each.

        An estimate is an index dive: it reads both ends of a range in the index, and no row between them.
        """
        if not schema.key or schema.table.estimate <= rows:
            return []
        return list(self._divide(schema, rows, ()))

    def probe_quick_hash(self) -> str:
        """See `Reader`."""
        return ""

    def checksum(self, plan: ComparisonPlan, key_range: KeyRange) -> Checksum:
        """See `Reader`."""
        where, parameters = _where(plan.key, key_range)
        sql = f"select count(*), coalesce(sum({_hash(plan)}), 0) from {_table_name(plan.table)} where {where}"
        rows, total = self._query(sql, *parameters)[0]
        return Checksum(int(rows), str(total))

    def newest_checksum(self, plan: ComparisonPlan, rows: int) -> Checksum:
        """See `Reader`."""
        order = ", ".join(f"{identifier(column.name)} desc" for column in plan.key)
        inner = f"select {_hash(plan)} as hash from {_table_name(plan.table)} order by {order} limit {rows}"
        count, total = self._query(f"select count(*), coalesce(sum(hash), 0) from ({inner}) as hashed")[0]
        return Checksum(int(count), str(total))

    def bucket_checksums(self, plan: ComparisonPlan, key_range: KeyRange, count: int) -> dict[int, Checksum]:
        """See `Reader`."""
        where, parameters = _where(plan.key, key_range)
        sql = (
            f"select {_bucket(plan, count)} as b, count(*), sum({_hash(plan)})"
            f" from {_table_name(plan.table)} where {where} group by b"
        )
        return {int(row[0]): Checksum(int(row[1]), str(row[2])) for row in self._query(sql, *parameters)}

    def row_hashes(
        self, plan: ComparisonPlan, key_range: KeyRange, count: int, buckets: Iterable[int] | None
    ) -> RowHashes:
        """See `Reader`."""
        where, parameters = _where(plan.key, key_range)
        if buckets is not None:
            where += f" and {_bucket(plan, count)} in ({', '.join(str(int(bucket)) for bucket in buckets) or 'null'})"
        shown = ", ".join([*(_common(column) for column in plan.key), _hexadecimal(_hash(plan))])
        rows = self._query(f"select {shown} from {_table_name(plan.table)} where {where}", *parameters)
        return {tuple(map(str, row[:-1])): str(row[-1]) for row in rows}

    def column_hashes(self, plan: ComparisonPlan, keys: Sequence[Key]) -> Values:
        """See `Reader`."""
        return dict(self._by_key(plan, keys, [_hexadecimal(_digest(_text(compared))) for compared in plan.columns]))

    def column_values(self, plan: ComparisonPlan, keys: Sequence[Key], names: Sequence[str]) -> Values:
        """See `Reader`."""
        values = [_common(compared.column) for compared in plan.columns if compared.column.name in names]
        return dict(self._by_key(plan, keys, values))

    def sequences(self, found: list[Table]) -> dict[str, tuple[str, int | None]]:
        """See `Reader`. Replicated rows raise an AUTO_INCREMENT value; rows that were deleted at the source do not."""
        rows = auto_increment_values(self.session, found)
        return {f"{row[0]}.{row[1]}": (without_width(row[2]), int(row[3]) - 1) for row in rows}

    def daily_totals(self, control: ControlTotal, since: str | None) -> list[DailyTotal]:
        """See `Reader`. The session's time zone is UTC."""
        table = ".".join(identifier(part) for part in control.table.split(".", 1))
        amount, currency, time = (identifier(name) for name in (control.amount, control.currency, control.time))
        sql = (
            f"select cast(cast({time} as date) as char), cast({currency} as char), count(*),"
            f" cast(coalesce(sum({amount}), 0) as char) from {table} where {time} >= %s group by 1, 2 order by 1, 2"
        )
        rows = self._query(sql, since or _FIRST_DAY)
        return [DailyTotal(str(row[0]), str(row[1]), int(row[2]), Decimal(row[3])) for row in rows]

    def acquire_slot(self, slots: int) -> bool:
        """See `Reader`. A slot is a named lock."""
        sql = "select get_lock(concat('paymig-validation-', %s), 0)"
        return any(self._query(sql, number)[0][0] == 1 for number in range(slots))

    def _query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        rows = self.session.rows(sql, *parameters)
        self.bytes_read += sum(len(value) if isinstance(value, str) else 8 for row in rows for value in row)
        return rows

    def _by_key(
        self, plan: ComparisonPlan, keys: Sequence[Key], values: list[str]
    ) -> Iterator[tuple[Key, tuple[str | None, ...]]]:
        width = len(plan.key)
        names = ", ".join(identifier(column.name) for column in plan.key)
        shown = ", ".join([*(_common(column) for column in plan.key), *values])
        one = f"({', '.join(['%s'] * width)})"
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            marks = ", ".join([one] * len(batch))
            sql = f"select {shown} from {_table_name(plan.table)} where ({names}) in ({marks})"
            given = [_typed(column, part) for key in batch for column, part in zip(plan.key, key, strict=True)]
            for row in self._query(sql, *given):
                yield tuple(map(str, row[:width])), tuple(row[width:])

    def _divide(self, schema: TableSchema, max_rows: int, prefix: Key) -> Iterator[Key]:
        """Return the bounds of the rows whose key starts with `prefix`.

        A range in which a column has a single value is divided by the next column.
        """
        column = schema.key[len(prefix)]
        ends = self._min_and_max(schema, prefix)
        codec = _codec(column, *ends) if ends else None
        if codec is None or ends is None:
            return
        last = len(prefix) + 1 == len(schema.key)
        low, high = (codec.encode(end) for end in ends)
        below = low - 1
        estimate = self._estimate(schema, prefix, codec, low)
        for bound in [*bisect_bounds(below, high, estimate, max_rows), high]:
            value = (*prefix, codec.decode(bound))
            if not last and bound - below == 1 and estimate(below, bound) > max_rows:
                yield from self._divide(schema, max_rows, value)
            if last and bound != high:
                yield value
            elif not last and bound != high:
                yield self._complete(schema, value)
            below = bound

    def _complete(self, schema: TableSchema, value: Key) -> Key:
        """Return the key of the last row up to a bound that has only the first columns of a key."""
        names = ", ".join(_common(column) for column in schema.key)
        order = ", ".join(f"{identifier(column.name)} desc" for column in schema.key)
        where, parameters = _compared(schema.key[: len(value)], value, "<=")
        rows = self._query(
            f"select {names} from {_table_name(schema.table)} where {where} order by {order} limit 1", *parameters
        )
        return tuple(map(str, rows[0])) if rows else (*value, *[""] * (len(schema.key) - len(value)))

    def _min_and_max(self, schema: TableSchema, prefix: Key) -> tuple[str, str] | None:
        """Return the minimum and the maximum of the column after `prefix`, None without rows."""
        column = schema.key[len(prefix)]
        where = " and ".join(["true", *(f"{identifier(part.name)} = %s" for part in schema.key[: len(prefix)])])
        given = [_typed(part, text) for part, text in zip(schema.key, prefix, strict=False)]
        found = [
            self._query(
                f"select {_common(column)} from {_table_name(schema.table)} where {where}"
                f" order by {identifier(column.name)} {order} limit 1",
                *given,
            )
            for order in ("asc", "desc")
        ]
        return (str(found[0][0][0]), str(found[1][0][0])) if all(found) else None

    def _estimate(self, schema: TableSchema, prefix: Key, codec: KeyCodec, first: int) -> Callable[[int, int], int]:
        """Return a function that estimates the rows above one value of the column and up to another."""
        column = schema.key[len(prefix)]
        name = identifier(column.name)
        where = " and ".join(f"{identifier(part.name)} = %s" for part in schema.key[: len(prefix)])
        given = [_typed(part, text) for part, text in zip(schema.key, prefix, strict=False)]
        sql = (
            f"explain select 1 from {_table_name(schema.table)} where {where + ' and ' if where else ''}"
            f"{name} {{}} %s and {name} <= %s"
        )

        def rows(low: int, high: int) -> int:
            sign, start = (">", low) if low >= first else (">=", first)
            ends = (_typed(column, codec.decode(start)), _typed(column, codec.decode(high)))
            return self.session.estimate(sql.format(sign), *given, *ends)

        return rows


def auto_increment_values(session: Session, found: list[Table]) -> list[tuple[Any, ...]]:
    """Return schema, table, column type and next value of each AUTO_INCREMENT column of these tables."""
    if not found:
        return []
    if not (session.is_mariadb or session.is_old):
        session.rows("set session information_schema_stats_expiry = 0")  # else up to a day old
    return rows_of(found, session.rows(_AUTO_INCREMENT_VALUES, schemas(found)))


def _column(name: str, native: str, data_type: str, nullable: int, collation: str) -> Column:
    native = without_width(native)
    return Column(name, native, _FAMILIES.get(data_type, TypeFamily.OTHER), bool(nullable), collation.endswith("_bin"))


def without_width(native: str) -> str:
    """Return a column's type without the display width of integers: it has no effect, and some servers omit it."""
    return _DISPLAY_WIDTH.sub(r"\1", native)


def _codec(column: Column, low: str, high: str) -> KeyCodec | None:
    match column.family:
        case TypeFamily.INTEGER:
            return key_ranges.INTEGERS
        case TypeFamily.DECIMAL:
            return key_ranges.decimals(_scale(column))
        case TypeFamily.DATE:
            return key_ranges.DATES
        case TypeFamily.TIMESTAMP:
            return key_ranges.timestamps()
        case TypeFamily.UUID:
            return key_ranges.UUIDS
        case TypeFamily.TEXT if column.native.startswith(("enum(", "set(")):
            return None  # an index finds no range of these: every part would be estimated as large as the whole
        case TypeFamily.TEXT:
            return key_ranges.texts(common_prefix(low, high), case_sensitive=column.case_sensitive)
        case TypeFamily.BINARY:
            return key_ranges.binaries(common_prefix(low, high))
        case _:
            return None


def _scale(column: Column) -> int:
    """Return the scale of a decimal type: 2 for `decimal(12,2)`."""
    _, _, scale = column.native.partition(",")
    return int(scale.partition(")")[0] or 0)


def _typed(column: Column, text: str) -> Any:
    """Return a part of a key as the driver's type, so that the server uses the index and does not compare text."""
    match column.family:
        case TypeFamily.INTEGER:
            return int(text)
        case TypeFamily.DECIMAL:
            return Decimal(text)
        case TypeFamily.FLOAT:
            return float(text)
        case TypeFamily.BINARY:
            return bytes.fromhex(text)
        case _:
            return text


def _table_name(table: Table) -> str:
    return f"{identifier(table.schema)}.{identifier(table.name)}"


def _text(compared: ComparedColumn) -> str:
    """Return the expression of a column's compared text."""
    column = compared.column
    text = _common(column)
    if column.family in (TypeFamily.TEXT, TypeFamily.JSON):
        return f"if(length({text}) > {MAX_VALUE_BYTES}, md5({text}), {text})"
    if compared.in_common_form or column.family not in (
        TypeFamily.DECIMAL,
        TypeFamily.DATE,
        TypeFamily.TIME,
        TypeFamily.TIMESTAMP,
    ):
        return text
    return f"cast({identifier(column.name)} as char)"


def _common(column: Column) -> str:
    """Return the expression of a column's text in the common form of the engines."""
    name = identifier(column.name)
    match column.family:
        case TypeFamily.INTEGER:
            return f"cast({name} + 0 as char)"
        case TypeFamily.DECIMAL if _scale(column) == 0:
            return f"cast({name} as char)"
        case TypeFamily.DECIMAL:
            return _trimmed(f"cast({name} as char)")
        case TypeFamily.FLOAT:
            number = f"({name} + 0e0)"  # a FLOAT as text has six digits only
            plain = _trimmed(f"cast(cast(cast({number} as char) as decimal(65, 30)) as char)")
            return (
                f"case when {number} = 0 then '0' when abs({number}) between 1e-13 and 1e30 then {plain}"
                f" else cast({number} as char) end"
            )
        case TypeFamily.BINARY | TypeFamily.OTHER:
            return f"if(length({name}) > {MAX_VALUE_BYTES}, md5({name}), lower(hex({name})))"
        case TypeFamily.TIMESTAMP:
            return f"date_format({name}, '%%Y-%%m-%%d %%H:%%i:%%s.%%f')"
        case TypeFamily.TIME:
            return f"time_format({name}, '%%H:%%i:%%s.%%f')"
        case TypeFamily.TEXT:
            return f"convert({name} using utf8mb4)"
        case _:
            return f"cast({name} as char)"


def _trimmed(text: str) -> str:
    return f"trim(trailing '.' from trim(trailing '0' from {text}))"


def _length_prefixed(compared: ComparedColumn) -> str:
    """Return a column's part of an unambiguous row text, equal to that of the PostgreSQL reader."""
    text = _text(compared)
    if not compared.length_prefixed:
        return f"coalesce({text}, '-')"
    return f"coalesce(concat(length({text}), ':', {text}), '-')"


def _hash(plan: ComparisonPlan) -> str:
    return _digest(f"concat_ws('|', {', '.join(_length_prefixed(compared) for compared in plan.columns)})")


def _digest(text: str) -> str:
    return f"cast(conv(left(md5({text}), 16), 16, -10) as signed)"


def _hexadecimal(number: str) -> str:
    return f"lower(hex({number}))"


def _bucket(plan: ComparisonPlan, count: int) -> str:
    text = f"concat_ws('|', {', '.join(_common(column) for column in plan.key)})"
    return f"(conv(left(md5({text}), 4), 16, 10) & {count - 1})"


def _where(key: tuple[Column, ...], key_range: KeyRange) -> tuple[str, list[Any]]:
    conditions, parameters = ["true"], list[Any]()
    for sign, bound in ((">", key_range.low), ("<=", key_range.high)):
        if bound is not None:
            condition, given = _compared(key, bound, sign)
            conditions.append(condition)
            parameters += given
    return " and ".join(conditions), parameters


def _compared(key: tuple[Column, ...], bound: Key, sign: str) -> tuple[str, list[Any]]:
    """Return a comparison of keys, column by column: the optimizer uses no index range for `(a, b) > (1, 2)`."""
    strict = sign[0]
    alternatives, parameters = list[str](), list[Any]()
    for index, column in enumerate(key):
        last = index + 1 == len(bound)
        equal = [f"{identifier(before.name)} = %s" for before in key[:index]]
        alternatives.append(" and ".join([*equal, f"{identifier(column.name)} {sign if last else strict} %s"]))
        parameters += [_typed(part, text) for part, text in zip(key, bound[: index + 1], strict=False)]
    return f"({' or '.join(f'({alternative})' for alternative in alternatives)})", parameters
