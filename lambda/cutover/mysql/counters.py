"""AUTO_INCREMENT: MySQL's counters."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.mysql import Session, identifier
from common.tables import Table
from cutover.administered import Position

_COUNTED = """
select t.table_schema, t.table_name, coalesce(t.auto_increment, 1)
from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
where c.extra like '%%auto_increment%%' and (t.table_schema, t.table_name) in %s order by 1, 2
"""


@dataclass(frozen=True)
class Counters:
    """See `cutover.administered.Counters`. A position is the next number, which was not handed out.

    Rows that are copied move a counter behind themselves; one whose last rows were deleted stays behind, and would
    give their numbers out again.
    """

    session: Session

    def read(self, found: list[Table]) -> dict[str, Position]:
        """See the protocol."""
        if not found:
            return {}
        if not self.session.is_mariadb:
            self.session.rows("set session information_schema_stats_expiry = 0")  # else up to a day old
        rows = self.session.rows(_COUNTED, [(table.schema, table.name) for table in found])
        return {f"{identifier(row[0])}.{identifier(row[1])}": (int(row[2]), False) for row in rows}

    def write(self, positions: Mapping[str, Position]) -> None:
        """See the protocol."""
        for name, (value, _) in positions.items():
            self.session.rows(f"alter table {name} auto_increment = %s", value)
