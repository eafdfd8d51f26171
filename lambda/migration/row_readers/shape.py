"""What a table looks like, whatever the make of its database: families of types, keys, ranges, sums.

A *key* is a row's key as text, one part a column, in the form that both makes write the same. Columns of one
type on one make are compared as the server writes them; any other pair in the common form of its family.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from migration.tables import Table

Key: TypeAlias = tuple[str, ...]
"""A key as text, one part a column."""

Hashes: TypeAlias = dict[Key, str]
"""The hash of each row by its key."""

LONGEST: Final = 4_096
"""Bytes of a value, at most, that are part of a row's text; of a longer one its MD5 is, where rows are hashed by MD5.

MySQL gives NULL for a text that is longer than `max_allowed_packet`, and so for every row that holds much. No part
of a key is that long in MySQL.
"""


class Family(Enum):
    """What a type holds, across makes."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    BINARY = "binary"
    DATE = "date"
    TIME = "time"
    INSTANT = "instant"
    UUID = "uuid"
    JSON = "json"
    OTHER = "other"

    @property
    def is_plain(self) -> bool:
        """Whether no text of it can hold a bar or be a lone hyphen, so that it needs no length before it."""
        return self not in (Family.TEXT, Family.JSON, Family.OTHER)


# What replication carries into one another without loss; anything else is another type.
_ALIKE = (
    frozenset({Family.BOOLEAN, Family.INTEGER, Family.DECIMAL}),
    frozenset({Family.TEXT, Family.UUID, Family.JSON}),
)


_ORDERED_ALIKE = frozenset({Family.INTEGER, Family.DECIMAL, Family.DATE, Family.INSTANT, Family.UUID, Family.BINARY})


@dataclass(frozen=True)
class Column:
    """A column: its name, its type as the server writes it, its family, and whether it may be null.

    `cased` tells whether its order knows upper from lower case, as far as that matters to cutting it.
    """

    name: str
    native: str
    family: Family
    nullable: bool = True
    cased: bool = True

    def is_like(self, other: "Column") -> bool:
        """Whether the other make's column can hold the same."""
        return self.family is other.family or any({self.family, other.family} <= alike for alike in _ALIKE)


@dataclass(frozen=True)
class Shape:
    """A table's columns, sorted by name, and the columns of its key in the key's order; no key where it has none."""

    table: Table
    columns: tuple[Column, ...]
    key: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


class Hash(Enum):
    """How a server hashes a row.

    Equality is what they serve, not secrecy: nothing of them leaves the function but sums and matches.
    """

    QUICK = "hashtextextended"
    """64 bits of PostgreSQL's own; only where both servers give the same for the same text."""
    MD5 = "md5"
    """The first 64 bits of MD5, which every make computes."""


@dataclass(frozen=True)
class Compared:
    """A column as it is compared: in the common form or as the server writes it, with its length before it or not."""

    column: Column
    common: bool
    framed: bool


@dataclass(frozen=True)
class View:
    """One side's reading of a table that both sides agreed upon. Without `key`, rows have no names."""

    table: Table
    key: tuple[Column, ...]
    columns: tuple[Compared, ...]
    hash: Hash

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the compared columns."""
        return tuple(compared.column.name for compared in self.columns)


@dataclass(frozen=True)
class Range:
    """The rows whose key lies behind `low` and at `high` or before; None is no bound."""

    low: Key | None = None
    high: Key | None = None


@dataclass(frozen=True)
class Sum:
    """How many rows, and the sum of their hashes: the order of rows does not matter to it."""

    rows: int
    total: str


def agree(source: Shape, target: Shape, one_make: bool, hashing: Hash) -> tuple[View, View]:
    """How both sides read a table: the columns that both have, each in a form that both can write."""
    pairs = [(here, there) for here in source.columns if (there := target.column(here.name)) is not None]
    same = [one_make and here.native == there.native for here, there in pairs]
    framed = [not (here.family.is_plain and there.family.is_plain) for here, there in pairs]
    keyed = tuple(column.name for column in source.key) == tuple(column.name for column in target.key)
    key = source.key if keyed else ()

    def view(shape: Shape, columns: Iterable[Column], own_key: tuple[Column, ...]) -> View:
        compared = zip(columns, same, framed, strict=True)
        return View(shape.table, own_key, tuple(Compared(c, not alike, f) for c, alike, f in compared), hashing)

    return (
        view(source, (here for here, _ in pairs), key),
        view(target, (there for _, there in pairs), target.key if keyed else ()),
    )


def is_ordered_alike(key: tuple[Column, ...]) -> bool:
    """Whether every server sorts this key the same way: texts, each by its own rules, are the exception."""
    return bool(key) and all(column.family in _ORDERED_ALIKE for column in key)
