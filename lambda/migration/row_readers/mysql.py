"""MySQL (5.7 and later), Aurora MySQL and MariaDB (10.6 and later) as the validation reads them."""

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
from migration.row_readers import key_ranges
from migration.row_readers.key_ranges import Axis, beginning, halve
from migration.row_readers.reader import Values
from migration.row_readers.shape import LONGEST, Column, Compared, Family, Hashes, Key, Range, Shape, Sum, View
from migration.tables import Table, rows_of, schemas

_BATCH = 500
# Servers before MySQL 8.0.19, and MariaDB, write it.
_WIDTH = re.compile(r"^((?:tiny|small|medium|big)?int|year)\(\d+\)")

_FAMILIES = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year", "bit"), Family.INTEGER),
    **dict.fromkeys(("float", "double"), Family.FLOAT),
    **dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"),
        Family.TEXT,
    ),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), Family.BINARY),
    **dict.fromkeys(("datetime", "timestamp"), Family.INSTANT),
    "decimal": Family.DECIMAL,
    "date": Family.DATE,
    "time": Family.TIME,
    "json": Family.JSON,
    "uuid": Family.UUID,
}

_TABLES = """
select table_schema, table_name, coalesce(table_rows, 0), coalesce(data_length, 0) from information_schema.tables
where table_type in ('BASE TABLE', 'SYSTEM VERSIONED') and ({})
  and table_name <> 'paymig_marker' and table_name not like 'awsdms\\_%%'
  and table_schema not in ('mysql', 'sys', 'information_schema', 'performance_schema')
order by 1, 2
"""
_COLUMNS = """
select column_name, column_type, data_type, is_nullable = 'YES', coalesce(collation_name, '')
from information_schema.columns where table_schema = %s and table_name = %s order by cast(column_name as binary)
"""
_COUNTERS = """
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
def open_reader(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator["MySql"]:
    """A session that reads; `timeout` (seconds) bounds each query."""
    with connect(address, login, tls, timeout=timeout) as session:
        session.rows("set session transaction read only")
        yield MySql(session)


@dataclass
class MySql:
    """One session."""

    session: Session
    make: str = "mysql"
    read: int = field(default=0)

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """See `Reader`."""
        like = " or ".join("concat(table_schema, '.', table_name) like %s" for _ in patterns)
        rows = self._ask(_TABLES.format(like), *patterns)
        return [Table(row[0], row[1], int(row[2]), int(row[3])) for row in rows]

    def shape(self, table: Table) -> Shape | None:
        """See `Reader`. Without a primary key, a unique index over columns that are never null serves as one.

        Where the beginnings of values are unique, so are the values.
        """
        rows = self._ask(_COLUMNS, table.schema, table.name)
        columns = tuple(_column(*row) for row in rows)
        found = Shape(table, columns, ())
        indexes: dict[str, list[Column | None]] = {}
        for index, name in self._ask(_KEYS, table.schema, table.name):
            indexes.setdefault(index, []).append(found.column(name))
        for parts in indexes.values():
            key = tuple(column for column in parts if column is not None and not column.nullable)
            if len(key) == len(parts):
                return Shape(table, columns, key)
        return found if rows else None

    def bounds(self, shape: Shape, rows: int) -> list[Key]:
        """See `Reader`. Ranges of the key are halved until the optimizer expects few enough rows in each.

        It looks where a range begins and ends in the index (an index dive), and reads nothing between.
        """
        if not shape.key or shape.table.estimate <= rows:
            return []
        return list(self._cut(shape, rows, ()))

    def probe(self) -> str:
        """See `Reader`."""
        return ""

    def sum(self, view: View, span: Range) -> Sum:
        """See `Reader`."""
        where, parameters = _where(view.key, span)
        sql = f"select count(*), coalesce(sum({_hash(view)}), 0) from {_named(view.table)} where {where}"
        rows, total = self._ask(sql, *parameters)[0]
        return Sum(int(rows), str(total))

    def newest(self, view: View, rows: int) -> Sum:
        """See `Reader`."""
        order = ", ".join(f"{identifier(column.name)} desc" for column in view.key)
        inner = f"select {_hash(view)} as hash from {_named(view.table)} order by {order} limit {rows}"
        count, total = self._ask(f"select count(*), coalesce(sum(hash), 0) from ({inner}) as hashed")[0]
        return Sum(int(count), str(total))

    def buckets(self, view: View, span: Range, count: int) -> dict[int, Sum]:
        """See `Reader`."""
        where, parameters = _where(view.key, span)
        sql = (
            f"select {_bucket(view, count)} as b, count(*), sum({_hash(view)})"
            f" from {_named(view.table)} where {where} group by b"
        )
        return {int(row[0]): Sum(int(row[1]), str(row[2])) for row in self._ask(sql, *parameters)}

    def hashes(self, view: View, span: Range, count: int, wanted: Iterable[int] | None) -> Hashes:
        """See `Reader`."""
        where, parameters = _where(view.key, span)
        if wanted is not None:
            where += f" and {_bucket(view, count)} in ({', '.join(str(int(bucket)) for bucket in wanted) or 'null'})"
        shown = ", ".join([*(_common(column) for column in view.key), _hexadecimal(_hash(view))])
        rows = self._ask(f"select {shown} from {_named(view.table)} where {where}", *parameters)
        return {tuple(map(str, row[:-1])): str(row[-1]) for row in rows}

    def fingerprints(self, view: View, keys: Sequence[Key]) -> Values:
        """See `Reader`."""
        return dict(self._by_key(view, keys, [_hexadecimal(_digest(_text(compared))) for compared in view.columns]))

    def values(self, view: View, keys: Sequence[Key], names: Sequence[str]) -> Values:
        """See `Reader`."""
        wanted = [_common(compared.column) for compared in view.columns if compared.column.name in names]
        return dict(self._by_key(view, keys, wanted))

    def sequences(self, found: list[Table]) -> dict[str, tuple[str, int | None]]:
        """See `Reader`. Rows that arrive move an AUTO_INCREMENT; one whose last rows were deleted stays behind."""
        rows = counters(self.session, found)
        return {f"{row[0]}.{row[1]}": (without_width(row[2]), int(row[3]) - 1) for row in rows}

    def reserve(self, slots: int) -> bool:
        """See `Reader`. A named lock each."""
        sql = "select get_lock(concat('paymig-validation-', %s), 0)"
        return any(self._ask(sql, number)[0][0] == 1 for number in range(slots))

    def _ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        rows = self.session.rows(sql, *parameters)
        self.read += sum(len(value) if isinstance(value, str) else 8 for row in rows for value in row)
        return rows

    def _by_key(
        self, view: View, keys: Sequence[Key], wanted: list[str]
    ) -> Iterator[tuple[Key, tuple[str | None, ...]]]:
        width = len(view.key)
        names = ", ".join(identifier(column.name) for column in view.key)
        shown = ", ".join([*(_common(column) for column in view.key), *wanted])
        one = f"({', '.join(['%s'] * width)})"
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            marks = ", ".join([one] * len(batch))
            sql = f"select {shown} from {_named(view.table)} where ({names}) in ({marks})"
            given = [_typed(column, part) for key in batch for column, part in zip(view.key, key, strict=True)]
            for row in self._ask(sql, *given):
                yield tuple(map(str, row[:width])), tuple(row[width:])

    def _cut(self, shape: Shape, most: int, prefix: Key) -> Iterator[Key]:
        """The bounds below `prefix`, column by column of the key.

        Where all of a range has one value in a column, the next column cuts it.
        """
        column = shape.key[len(prefix)]
        ends = self._ends(shape, prefix)
        axis = _axis(column, *ends) if ends else None
        if axis is None or ends is None:
            return
        last = len(prefix) + 1 == len(shape.key)
        low, high = (axis.number(end) for end in ends)
        below = low - 1
        estimate = self._estimate(shape, prefix, axis, low)
        for bound in [*halve(below, high, estimate, most), high]:
            value = (*prefix, axis.text(bound))
            if not last and bound - below == 1 and estimate(below, bound) > most:
                yield from self._cut(shape, most, value)
            if last and bound != high:
                yield value
            elif not last and bound != high:
                yield self._filled(shape, value)
            below = bound

    def _filled(self, shape: Shape, value: Key) -> Key:
        """A whole key for a bound in its first columns: the last row at or before it."""
        names = ", ".join(_common(column) for column in shape.key)
        order = ", ".join(f"{identifier(column.name)} desc" for column in shape.key)
        where, parameters = _compared(shape.key[: len(value)], value, "<=")
        rows = self._ask(
            f"select {names} from {_named(shape.table)} where {where} order by {order} limit 1", *parameters
        )
        return tuple(map(str, rows[0])) if rows else (*value, *[""] * (len(shape.key) - len(value)))

    def _ends(self, shape: Shape, prefix: Key) -> tuple[str, str] | None:
        """The smallest and the greatest value of the column after `prefix`."""
        column = shape.key[len(prefix)]
        where = " and ".join(["true", *(f"{identifier(part.name)} = %s" for part in shape.key[: len(prefix)])])
        given = [_typed(part, text) for part, text in zip(shape.key, prefix, strict=False)]
        found = [
            self._ask(
                f"select {_common(column)} from {_named(shape.table)} where {where}"
                f" order by {identifier(column.name)} {order} limit 1",
                *given,
            )
            for order in ("asc", "desc")
        ]
        return (str(found[0][0][0]), str(found[1][0][0])) if all(found) else None

    def _estimate(self, shape: Shape, prefix: Key, axis: Axis, first: int) -> Callable[[int, int], int]:
        """How many rows the optimizer expects behind one value of the column and up to another."""
        column = shape.key[len(prefix)]
        name = identifier(column.name)
        where = " and ".join(f"{identifier(part.name)} = %s" for part in shape.key[: len(prefix)])
        given = [_typed(part, text) for part, text in zip(shape.key, prefix, strict=False)]
        sql = (
            f"explain select 1 from {_named(shape.table)} where {where + ' and ' if where else ''}"
            f"{name} {{}} %s and {name} <= %s"
        )

        def rows(low: int, high: int) -> int:
            sign, start = (">", low) if low >= first else (">=", first)
            ends = (_typed(column, axis.text(start)), _typed(column, axis.text(high)))
            return self.session.estimate(sql.format(sign), *given, *ends)

        return rows


def counters(session: Session, found: list[Table]) -> list[tuple[Any, ...]]:
    """Each AUTO_INCREMENT of these tables: schema, table, the column's type, and the next number."""
    if not found:
        return []
    if not (session.is_mariadb or session.is_old):
        session.rows("set session information_schema_stats_expiry = 0")  # else up to a day old
    return rows_of(found, session.rows(_COUNTERS, schemas(found)))


def _column(name: str, native: str, data_type: str, nullable: int, collation: str) -> Column:
    native = without_width(native)
    return Column(name, native, _FAMILIES.get(data_type, Family.OTHER), bool(nullable), collation.endswith("_bin"))


def without_width(native: str) -> str:
    """A column's type without how wide a whole number is shown, which only some servers write and means nothing."""
    return _WIDTH.sub(r"\1", native)


def _axis(column: Column, low: str, high: str) -> Axis | None:
    match column.family:
        case Family.INTEGER:
            return key_ranges.INTEGER
        case Family.DECIMAL:
            return key_ranges.decimals(_scale(column))
        case Family.DATE:
            return key_ranges.DATES
        case Family.INSTANT:
            return key_ranges.instants()
        case Family.UUID:
            return key_ranges.UUIDS
        case Family.TEXT if column.native.startswith(("enum(", "set(")):
            return None  # no index finds a range of those, so every part of it would seem as large as the whole
        case Family.TEXT:
            return key_ranges.texts(beginning(low, high), cased=column.cased)
        case Family.BINARY:
            return key_ranges.binaries(beginning(low, high))
        case _:
            return None


def _scale(column: Column) -> int:
    """Of `decimal(12,2)`, the 2."""
    _, _, scale = column.native.partition(",")
    return int(scale.partition(")")[0] or 0)


def _typed(column: Column, text: str) -> Any:
    """A part of a key as the driver's type, so that the server compares it by the index and not as text."""
    match column.family:
        case Family.INTEGER:
            return int(text)
        case Family.DECIMAL:
            return Decimal(text)
        case Family.FLOAT:
            return float(text)
        case Family.BINARY:
            return bytes.fromhex(text)
        case _:
            return text


def _named(table: Table) -> str:
    return f"{identifier(table.schema)}.{identifier(table.name)}"


def _text(compared: Compared) -> str:
    """The column as it is compared."""
    column = compared.column
    text = _common(column)
    if column.family in (Family.TEXT, Family.JSON):
        return f"if(length({text}) > {LONGEST}, md5({text}), {text})"
    if compared.common or column.family not in (Family.DECIMAL, Family.DATE, Family.TIME, Family.INSTANT):
        return text
    return f"cast({identifier(column.name)} as char)"


def _common(column: Column) -> str:
    """The column's text in the form that all makes write."""
    name = identifier(column.name)
    match column.family:
        case Family.INTEGER:
            return f"cast({name} + 0 as char)"
        case Family.DECIMAL if _scale(column) == 0:
            return f"cast({name} as char)"
        case Family.DECIMAL:
            return _trimmed(f"cast({name} as char)")
        case Family.FLOAT:
            number = f"({name} + 0e0)"  # a FLOAT itself is shown with six digits only
            plain = _trimmed(f"cast(cast(cast({number} as char) as decimal(65, 30)) as char)")
            return (
                f"case when {number} = 0 then '0' when abs({number}) between 1e-13 and 1e30 then {plain}"
                f" else cast({number} as char) end"
            )
        case Family.BINARY | Family.OTHER:
            return f"if(length({name}) > {LONGEST}, md5({name}), lower(hex({name})))"
        case Family.INSTANT:
            return f"date_format({name}, '%%Y-%%m-%%d %%H:%%i:%%s.%%f')"
        case Family.TIME:
            return f"time_format({name}, '%%H:%%i:%%s.%%f')"
        case Family.TEXT:
            return f"convert({name} using utf8mb4)"
        case _:
            return f"cast({name} as char)"


def _trimmed(text: str) -> str:
    return f"trim(trailing '.' from trim(trailing '0' from {text}))"


def _framed(compared: Compared) -> str:
    """The column so that no two rows read the same, as PostgreSQL's reader writes it."""
    text = _text(compared)
    if not compared.framed:
        return f"coalesce({text}, '-')"
    return f"coalesce(concat(length({text}), ':', {text}), '-')"


def _hash(view: View) -> str:
    return _digest(f"concat_ws('|', {', '.join(_framed(compared) for compared in view.columns)})")


def _digest(text: str) -> str:
    return f"cast(conv(left(md5({text}), 16), 16, -10) as signed)"


def _hexadecimal(number: str) -> str:
    return f"lower(hex({number}))"


def _bucket(view: View, count: int) -> str:
    text = f"concat_ws('|', {', '.join(_common(column) for column in view.key)})"
    return f"(conv(left(md5({text}), 4), 16, 10) & {count - 1})"


def _where(key: tuple[Column, ...], span: Range) -> tuple[str, list[Any]]:
    conditions, parameters = ["true"], list[Any]()
    for sign, bound in ((">", span.low), ("<=", span.high)):
        if bound is not None:
            condition, given = _compared(key, bound, sign)
            conditions.append(condition)
            parameters += given
    return " and ".join(conditions), parameters


def _compared(key: tuple[Column, ...], bound: Key, sign: str) -> tuple[str, list[Any]]:
    """A comparison of whole keys, spelled out: the optimizer makes a range of this, and none of `(a, b) > (1, 2)`."""
    strict = sign[0]
    alternatives, parameters = list[str](), list[Any]()
    for index, column in enumerate(key):
        last = index + 1 == len(bound)
        equal = [f"{identifier(before.name)} = %s" for before in key[:index]]
        alternatives.append(" and ".join([*equal, f"{identifier(column.name)} {sign if last else strict} %s"]))
        parameters += [_typed(part, text) for part, text in zip(key, bound[: index + 1], strict=False)]
    return f"({' or '.join(f'({alternative})' for alternative in alternatives)})", parameters
