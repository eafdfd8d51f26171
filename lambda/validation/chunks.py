"""Cutting a table into chunks by its primary key, without reading it.

A single key of whole numbers or UUIDs is cut by arithmetic between the bounds that the planner's histogram
has; any other key by walking its index. Both only need to be roughly even: chunks are complete and disjoint
whatever the bounds are, since the first begins and the last ends nowhere.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from common.checksums import Column, Shape
from common.database import Database

Bound: TypeAlias = "tuple[str, ...]"
"""A primary key as text, one part a column."""

_HISTOGRAM = """
select unnest(cast(cast(histogram_bounds as text) as text[])) from pg_stats
where schemaname = :schema and tablename = :table and attname = :column and not inherited
"""


@dataclass(frozen=True)
class Axis:
    """A type of key that is counted with: text to number and back."""

    number: Callable[[str], int]
    text: Callable[[int], str]


_AXES = {
    "smallint": Axis(int, str),
    "integer": Axis(int, str),
    "bigint": Axis(int, str),
    "uuid": Axis(lambda text: UUID(text).int, lambda number: str(UUID(int=number))),
}


def bounds(database: Database, shape: Shape, chunk_rows: int) -> list[Bound]:
    """The keys at which chunks end and begin: one less than there are chunks."""
    wanted = math.ceil(shape.table.estimate / chunk_rows)
    if wanted <= 1:
        return []
    axis = _AXES.get(shape.key[0].kind) if len(shape.key) == 1 else None
    if axis is None:
        return walk(database, shape, chunk_rows)
    points = _points(database, shape, axis)
    return [(axis.text(number),) for number in between(points, wanted)]


def between(points: list[int], wanted: int) -> list[int]:
    """The `wanted - 1` inner bounds of as many even parts of `points`, each gap of which holds as many rows."""
    if len(points) < 2:
        return []
    found: list[int] = []
    for part in range(1, wanted):
        index, rest = divmod(part * (len(points) - 1), wanted)
        low, high = points[index], points[index + 1]
        bound = low + (high - low) * rest // wanted
        if not found or bound > found[-1]:
            found.append(bound)
    return found


def walk(database: Database, shape: Shape, chunk_rows: int) -> list[Bound]:
    """Each `chunk_rows`-th key, found in the primary key's index alone."""
    found: list[Bound] = []
    keys = ", ".join(f"{column.quoted}::text" for column in shape.key)
    order = ", ".join(f"t.{column.quoted}" for column in shape.key)  # bare, it would mean the text that is shown
    while True:
        where, parameters = after(shape.key, found[-1]) if found else ("true", {})
        row = database.rows(
            f"select {keys} from {shape.table.quoted} as t where {where} order by {order}"
            f" offset {chunk_rows - 1} limit 1",
            **parameters,
        )
        if not row:
            return found
        found.append(tuple(str(part) for part in row[0]))


def after(key: tuple[Column, ...], bound: Bound) -> tuple[str, dict[str, str]]:
    """The condition that a key lies behind `bound`, and its parameters."""
    return _compared(key, ">", "low", bound)


def up_to(key: tuple[Column, ...], bound: Bound) -> tuple[str, dict[str, str]]:
    """The condition that a key lies at `bound` or before it, and its parameters."""
    return _compared(key, "<=", "high", bound)


def typed(parameter: str, column: Column) -> str:
    """A parameter of text as a value of the column's type."""
    kind = "bpchar" if column.kind == "character" else column.kind  # `character` alone means one character
    return f"cast({parameter} as {kind})"


def _compared(key: tuple[Column, ...], sign: str, name: str, bound: Bound) -> tuple[str, dict[str, Any]]:
    marks = ", ".join(typed(f":{name}{index}", column) for index, column in enumerate(key))
    names = ", ".join(column.quoted for column in key)
    return f"({names}) {sign} ({marks})", {f"{name}{index}": part for index, part in enumerate(bound)}


def _points(database: Database, shape: Shape, axis: Axis) -> list[int]:
    """The smallest and the greatest key, and the histogram between them."""
    column, table = shape.key[0], shape.table
    ends = [
        database.value(
            f"select {column.quoted}::text from {table.quoted} as t order by t.{column.quoted} {order} limit 1"
        )
        for order in ("asc", "desc")
    ]
    if None in ends:
        return []
    low, high = (axis.number(str(end)) for end in ends)
    rows = database.rows(_HISTOGRAM, schema=table.schema, table=table.name, column=column.name)
    inner = {number for row in rows if low < (number := axis.number(row[0])) < high}
    return sorted({low, high} | inner)
