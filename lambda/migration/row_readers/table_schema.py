"""Schema of a table, independent of the engine: columns with type families, and the key."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from migration.tables import Table


class TypeFamily(Enum):
    """Kind of value that a type holds, across engines."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    BINARY = "binary"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    UUID = "uuid"
    JSON = "json"
    OTHER = "other"

    @property
    def is_plain(self) -> bool:
        """Whether no value's text contains a bar or is a lone hyphen, so that it needs no length prefix."""
        return self not in (TypeFamily.TEXT, TypeFamily.JSON, TypeFamily.OTHER)


# Families that replication converts into one another without loss.
_COMPATIBLE: Final = (
    frozenset({TypeFamily.BOOLEAN, TypeFamily.INTEGER, TypeFamily.DECIMAL}),
    frozenset({TypeFamily.TEXT, TypeFamily.UUID, TypeFamily.JSON}),
)

# Families whose later values are higher, and which every server sorts in the same order. UUIDs are random, and
# collations of text differ.
_CHRONOLOGICAL: Final = frozenset({TypeFamily.INTEGER, TypeFamily.DECIMAL, TypeFamily.DATE, TypeFamily.TIMESTAMP})
_PORTABLE_ORDER: Final = _CHRONOLOGICAL | {TypeFamily.UUID, TypeFamily.BINARY}


@dataclass(frozen=True)
class Column:
    """Column of a table; `native` is its type as the server writes it."""

    name: str
    native: str
    family: TypeFamily
    nullable: bool = True
    case_sensitive: bool = True
    """Whether its collation distinguishes case, as far as chunk bounds need to know."""

    def is_compatible(self, other: "Column") -> bool:
        """Return whether the other engine's column holds the same values."""
        return self.family is other.family or any({self.family, other.family} <= families for families in _COMPATIBLE)


@dataclass(frozen=True)
class TableSchema:
    """Columns of a table, sorted by name, and the columns of its key in the key's order; empty without a key."""

    table: Table
    columns: tuple[Column, ...]
    key: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column with this name."""
        return next((column for column in self.columns if column.name == name), None)


def has_chronological_order(key: tuple[Column, ...]) -> bool:
    """Return whether the rows with the highest keys are the newest, on every server."""
    return bool(key) and key[0].family in _CHRONOLOGICAL and all(column.family in _PORTABLE_ORDER for column in key)
