"""Sequences of PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from cutover.engine import SequencePosition
from database.postgresql import Database, identifier
from migration.tables import Table, schemas

_NAMES = """
select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and n.nspname = any(cast(:schemas as text[])) order by 1, 2
"""


@dataclass(frozen=True)
class Sequences:
    """Implements `cutover.engine.Sequences`, including the sequences of identity columns."""

    database: Database

    def read(self, tables: list[Table]) -> dict[str, SequencePosition]:
        """Read each sequence itself: the view `pg_sequences` hides values without the privilege to read them."""
        rows = self.database.rows(_NAMES, schemas=schemas(tables))
        names = [f"{identifier(row[0])}.{identifier(row[1])}" for row in rows]
        if not names:
            return {}
        parts = (f"select {index}, last_value, is_called from {name}" for index, name in enumerate(names))
        found = self.database.rows(" union all ".join(parts))
        return {names[row[0]]: SequencePosition(int(row[1]), bool(row[2])) for row in found}

    def write(self, positions: Mapping[str, SequencePosition]) -> None:
        """Set each sequence by `setval`."""
        for name, position in positions.items():
            self.database.rows(
                "select setval(cast(:name as regclass), cast(:value as bigint), cast(:is_called as boolean))",
                name=name,
                value=position.value,
                is_called=position.is_used,
            )
