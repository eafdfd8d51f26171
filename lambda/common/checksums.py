"""Checksums of rows, computed by the servers: both sides hash, only sums travel.

A row's hash takes in each column apart, so that no two different rows read the same, and the server adds the
hashes up: the sum does not depend on order. (They serve equality, not secrecy; nothing of them leaves the function.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from common.database import Database, identifier
from common.tables import Table

Sum: TypeAlias = tuple[int, str]
"""How many rows, and the sum of their hashes."""

_BITS = 62  # columns whose NULLs have a place of their own in a seed

# Orders of text differ between servers (operating system, ICU), so an order by text means nothing across two.
_ORDERED_ALIKE = ("smallint", "integer", "bigint", "numeric", "uuid", "date", "timestamp", "bytea")

_SHAPE = """
select a.attname::text, format_type(a.atttypid, null), coalesce(array_position(i.indkey::smallint[], a.attnum), -1)
from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
where a.attrelid = cast(:table as regclass) and a.attnum > 0 and not a.attisdropped order by 1
"""


@dataclass(frozen=True)
class Column:
    """A column by its name and type."""

    name: str
    kind: str

    @property
    def quoted(self) -> str:
        """Its name in SQL."""
        return identifier(self.name)


@dataclass(frozen=True)
class Shape:
    """A table's columns, sorted by name, and the columns of its primary key in the key's order."""

    table: Table
    columns: tuple[Column, ...]
    key: tuple[Column, ...]

    @property
    def is_ordered_alike(self) -> bool:
        """Whether every server sorts this key the same way."""
        return bool(self.key) and all(column.kind.startswith(_ORDERED_ALIKE) for column in self.key)


def shape(database: Database, table: Table) -> Shape:
    """The shape of `table`."""
    rows = database.rows(_SHAPE, table=table.quoted)
    columns = tuple(Column(row[0], row[1]) for row in rows)
    in_key = sorted((int(row[2]), column) for row, column in zip(rows, columns, strict=True) if int(row[2]) >= 0)
    return Shape(table, columns, tuple(column for _, column in in_key))


@dataclass(frozen=True)
class Part:
    """A column's part of a row's hash: its text, and what tells a NULL.

    `mark` is the name of a column whose text could hold any mark; None where the expression marks NULL itself.
    """

    text: str
    mark: str | None


def chained(parts: Sequence[Part]) -> str:
    """An SQL expression: 64 bits of a row, each column's hash being the seed of the next one's, NULLs the first seed.

    Joining the columns to one text, each with its length, would take the server twice as long.
    """
    nulls = [f"(({part.mark} is null)::integer::bigint << {at})" for at, part in enumerate(parts[:_BITS]) if part.mark]
    found = f"({' + '.join(['0::bigint', *nulls])})"
    for at, part in enumerate(parts):
        text = part.text
        if part.mark:
            text = f"coalesce({text}, '')" if at < _BITS else f"coalesce(length({text}) || ':' || {text}, '-')"
        found = f'hashtextextended({text} collate "C", {found})'
    return found


def probe(database: Database) -> str:
    """What this server's quick hash makes of a text; empty where its texts are not UTF-8, and so other bytes.

    PostgreSQL promises its hashes to no other version; two servers that answer alike hash alike.
    """
    if str(database.value("show server_encoding")) != "UTF8":
        return ""
    return str(database.value("select hashtextextended('paymig \u20ac 0123456789' collate \"C\", 0)"))


def row_hash(found: Shape, *, quick: bool) -> str:
    """An SQL expression: 64 bits of a row."""
    names = [(_text(column), column.quoted) for column in found.columns]
    if quick:
        return chained([Part(text, name) for text, name in names])
    framed = " || ".join(f"coalesce(length({text}) || ':' || {text}, '-')" for text, _ in names)
    return f"('x' || left(md5(convert_to({framed}, 'UTF8')), 16))::bit(64)::bigint"


def whole(database: Database, found: Shape, *, quick: bool) -> Sum:
    """The sum over all rows."""
    return _sum(database, f"select {row_hash(found, quick=quick)} as hash from {found.table.quoted}")


def newest(database: Database, found: Shape, limit: int, *, quick: bool) -> Sum:
    """The sum over the last `limit` rows by primary key, read through its index."""
    order = ", ".join(f"{column.quoted} desc" for column in found.key)
    hashed = row_hash(found, quick=quick)
    return _sum(database, f"select {hashed} as hash from {found.table.quoted} order by {order} limit {limit}")


def _text(column: Column) -> str:
    """Each numeric value brings a scale of its own, where the column has none."""
    return f"trim_scale({column.quoted})::text" if column.kind == "numeric" else f"{column.quoted}::text"


def _sum(database: Database, rows: str) -> Sum:
    row = database.rows(f"select count(*), coalesce(sum(hash), 0)::text from ({rows}) as hashed")[0]
    return int(row[0]), str(row[1])
