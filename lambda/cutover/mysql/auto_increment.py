"""AUTO_INCREMENT values: the sequences of MySQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from cutover.engine import SequencePosition
from database.mysql import Session, identifier
from migration.row_readers.mysql import auto_increment_values
from migration.tables import Table


@dataclass(frozen=True)
class AutoIncrement:
    """Implements `cutover.engine.Sequences`. A position contains the next value, which is unused.

    Replicated rows raise the value. It stays too low only if the last rows were deleted, whose values would then
    be handed out again.
    """

    session: Session

    def read(self, tables: list[Table]) -> dict[str, SequencePosition]:
        """Return the next value of each table."""
        return {
            f"{identifier(schema)}.{identifier(table)}": SequencePosition(int(next_value), is_used=False)
            for schema, table, _, next_value in auto_increment_values(self.session, tables)
        }

    def write(self, positions: Mapping[str, SequencePosition]) -> None:
        """Set the next value of each table."""
        for name, position in positions.items():
            self.session.rows(f"alter table {name} auto_increment = %s", position.value)
