"""Facts of tables, gathered row by row."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FactSheet:
    """What is known of each table."""

    facts: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """See `cutover.administered.Facts`."""

    def add(self, schema: str, table: str, fact: str, value: str = "present") -> None:
        """Write down a fact of a table; some say all by their name."""
        self.facts[f"{schema}.{table}"][fact] = value

    def add_index(self, schema: str, table: str, primary: bool, unique: bool, definition: str) -> None:
        """Write down an index. Its name is no part of it: administrators choose other names for the same index."""
        if primary:
            self.add(schema, table, "primary key", definition)
        else:
            self.add(schema, table, f"{'unique ' if unique else ''}index on {definition}")
