"""AUTO_INCREMENT: MySQL's counters."""

from collections.abc import Mapping
from dataclasses import dataclass

from cutover.administered import Position
from database.mysql import Session, identifier
from migration.row_readers.mysql import counters
from migration.tables import Table


@dataclass(frozen=True)
class Counters:
    """See `cutover.administered.Counters`. A position is the next number, which was not handed out.

    Rows that are copied move a counter behind themselves; one whose last rows were deleted stays behind, and would
    give their numbers out again.
    """

    session: Session

    def read(self, found: list[Table]) -> dict[str, Position]:
        """See the protocol."""
        return {
            f"{identifier(schema)}.{identifier(table)}": (int(following), False)
            for schema, table, _, following in counters(self.session, found)
        }

    def write(self, positions: Mapping[str, Position]) -> None:
        """See the protocol."""
        for name, (value, _) in positions.items():
            self.session.rows(f"alter table {name} auto_increment = %s", value)
