"""Sequences: PostgreSQL's counters."""

from collections.abc import Mapping
from dataclasses import dataclass

from cutover.administered import Position
from database.postgresql import Database, identifier
from migration.tables import Table, schemas

_NAMES = """
select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and n.nspname = any(cast(:schemas as text[])) order by 1, 2
"""


@dataclass(frozen=True)
class Sequences:
    """See `cutover.administered.Counters`: those of the tables' schemas; identity columns own some of them."""

    database: Database

    def read(self, found: list[Table]) -> dict[str, Position]:
        """See the protocol. The sequences themselves are asked: the view `pg_sequences` hides what one may not see."""
        rows = self.database.rows(_NAMES, schemas=schemas(found))
        names = [f"{identifier(row[0])}.{identifier(row[1])}" for row in rows]
        if not names:
            return {}
        parts = (f"select {index}, last_value, is_called from {name}" for index, name in enumerate(names))
        return {names[row[0]]: (int(row[1]), bool(row[2])) for row in self.database.rows(" union all ".join(parts))}

    def write(self, positions: Mapping[str, Position]) -> None:
        """See the protocol."""
        for name, (value, called) in positions.items():
            self.database.rows(
                "select setval(cast(:name as regclass), cast(:value as bigint), cast(:called as boolean))",
                name=name,
                value=value,
                called=called,
            )
