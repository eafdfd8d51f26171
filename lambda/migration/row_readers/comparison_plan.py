"""Plan of a comparison: the columns that both sides read, and the form in which each server hashes them.

Columns of one type on one engine are compared as the server writes them, all others in the common form of their family.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from migration.row_readers.table_schema import Column, TableSchema
from migration.tables import Table

Key: TypeAlias = tuple[str, ...]
"""Key of a row: the text of each key column in the form that all engines share."""

RowHashes: TypeAlias = dict[Key, str]
"""Hash of each row by its key."""

MAX_VALUE_BYTES: Final = 4_096
"""Bytes up to which a value is part of a row's text under MD5; a longer one is replaced with its own MD5.

MySQL returns NULL for a text longer than `max_allowed_packet`. No key column of MySQL is that long.
"""


class HashFunction(Enum):
    """Hash function of rows.

    It serves equality, not secrecy: only sums and matches of hashes leave the function.
    """

    QUICK = "hashtextextended"
    """PostgreSQL's 64-bit hash, if both servers return the same for the same text."""
    MD5 = "md5"
    """The first 64 bits of MD5, which every engine computes."""


@dataclass(frozen=True)
class ComparedColumn:
    """Column with the form in which it is compared."""

    column: Column
    in_common_form: bool
    length_prefixed: bool


@dataclass(frozen=True)
class ComparisonPlan:
    """Plan by which one side reads a table. Without a key, rows cannot be identified."""

    table: Table
    key: tuple[Column, ...]
    columns: tuple[ComparedColumn, ...]
    hash: HashFunction

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the compared columns."""
        return tuple(compared.column.name for compared in self.columns)


@dataclass(frozen=True)
class KeyRange:
    """Rows whose key is greater than `low` and at most `high`; None leaves the end open."""

    low: Key | None = None
    high: Key | None = None


@dataclass(frozen=True)
class Checksum:
    """Number of rows, and the sum of their hashes, which does not depend on their order."""

    rows: int
    total: str


def plan_comparison(
    source: TableSchema, target: TableSchema, same_engine: bool, hash_function: HashFunction
) -> tuple[ComparisonPlan, ComparisonPlan]:
    """Return the plans of source and target: the columns that both have, each in a form that both can write."""
    pairs = [(here, there) for here in source.columns if (there := target.column(here.name)) is not None]
    common = [not (same_engine and here.native == there.native) for here, there in pairs]
    prefixed = [not (here.family.is_plain and there.family.is_plain) for here, there in pairs]
    same_key = [column.name for column in source.key] == [column.name for column in target.key]

    def plan(schema: TableSchema, columns: Iterable[Column]) -> ComparisonPlan:
        compared = tuple(ComparedColumn(*form) for form in zip(columns, common, prefixed, strict=True))
        return ComparisonPlan(schema.table, schema.key if same_key else (), compared, hash_function)

    return plan(source, (here for here, _ in pairs)), plan(target, (there for _, there in pairs))
