"""Checksums of rows, computed by the servers: both sides hash, only sums travel.

A row's text joins its columns by name, each with its length, so that no two different rows read the same;
its hash is PostgreSQL's md5, of which the server adds both halves up. The sum does not depend on order.
(md5 serves equality here, not secrecy; nothing of it leaves the function.)
"""

from dataclasses import dataclass
from typing import TypeAlias

from common.database import Database, identifier
from common.tables import Table

Sum: TypeAlias = "tuple[int, str, str]"
"""How many rows, and the sums of the two halves of their hashes."""

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


def text(column: Column) -> str:
    """An SQL expression: the column's text with its length before it, `-` for null."""
    return f"coalesce(length({column.quoted}::text) || ':' || {column.quoted}::text, '-')"


def row_hash(found: Shape) -> str:
    """An SQL expression: the md5 of a row, as 32 hexadecimal digits."""
    return f"md5({' || '.join(text(column) for column in found.columns)})"


def total(rows: str) -> str:
    """A query that sums up the hashes that the query `rows` returns as `hash`."""
    halves = (f"coalesce(sum(('x' || substr(hash, {at}, 16))::bit(64)::bigint::numeric), 0)::text" for at in (1, 17))
    return f"select count(*), {', '.join(halves)} from ({rows}) as hashed"


def newest(database: Database, found: Shape, limit: int) -> Sum:
    """The sum over the last `limit` rows by primary key, read through its index."""
    order = ", ".join(f"{column.quoted} desc" for column in found.key)
    rows = f"select {row_hash(found)} as hash from {found.table.quoted} order by {order} limit {limit}"
    return sum_of(database.rows(total(rows))[0])


def sum_of(row: "list[object]") -> Sum:
    """The row of a `total` as a sum."""
    return (int(str(row[0])), str(row[1]), str(row[2]))
