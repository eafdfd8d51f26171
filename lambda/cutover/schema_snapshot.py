"""Snapshots of a schema, whose comparison finds the differences between source and target."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

PRIMARY_KEY = "primary key"
_SEQUENCES = " (sequences)"

TableProperties: TypeAlias = Mapping[str, str]
"""Definitions by the name of a property, such as `column id` or `primary key`."""


@dataclass(frozen=True)
class SchemaSnapshot:
    """Properties of tables, by `schema.table`."""

    tables: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def properties(self, table: str) -> TableProperties:
        """Return the properties of `table`; a missing table has none."""
        return self.tables.get(table, {})

    def add(self, schema: str, table: str, name: str, definition: str = "present") -> None:
        """Add a property of a table; the default suits properties that are defined by their name."""
        self.tables[f"{schema}.{table}"][name] = definition

    def add_index(self, schema: str, table: str, kind: str, definition: str) -> None:
        """Add an index of `kind`: `primary key`, `unique index` or `index`.

        The name of an index is left out: administrators name equal indexes differently.
        """
        if kind == PRIMARY_KEY:
            self.add(schema, table, PRIMARY_KEY, definition)
        else:
            self.add(schema, table, f"{kind} on {definition}")

    def add_sequence(self, schema: str, sequence: str, definition: str) -> None:
        """Add a sequence of a schema."""
        self.tables[f"{schema}{_SEQUENCES}"][f"sequence {sequence}"] = definition

    def table_names(self) -> set[str]:
        """Return the names of all entries that are tables."""
        return {name for name in self.tables if not name.endswith(_SEQUENCES)}
