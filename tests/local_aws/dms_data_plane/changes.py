"""Changes of rows, as the change log of a source returns them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

Row = Mapping[str, Any]
"""Values by column. Those of PostgreSQL are texts."""


class TableName(NamedTuple):
    """A table with its schema; the schema of MySQL is its database."""

    schema: str
    name: str

    def __str__(self) -> str:
        """Return `schema.name`."""
        return f"{self.schema}.{self.name}"


class Verb(StrEnum):
    """The kind of a change."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"


@dataclass(frozen=True)
class Change:
    """One changed row, or a truncated table."""

    table: TableName
    verb: Verb
    values: Row
    """The row after an INSERT or an UPDATE."""
    identity: Row
    """The values that identify the row before an UPDATE or a DELETE; empty if the log has the new values only."""


@dataclass(frozen=True)
class Transaction:
    """A committed transaction."""

    position: str
    """The position after its commit, as in CdcStartPosition."""
    changes: tuple[Change, ...]
