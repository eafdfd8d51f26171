"""Sequences: replication moves rows, not the counters that number them."""

from typing import TypeAlias

from common.database import Database, identifier

Positions: TypeAlias = "dict[str, tuple[int, bool]]"
"""Quoted name to last value and whether it was handed out."""

_NAMES = """
select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and n.nspname = any(cast(:schemas as text[])) order by 1, 2
"""


def names(database: Database, schemas: list[str]) -> list[str]:
    """The sequences of `schemas`, quoted; identity columns own some of them."""
    return [f"{identifier(row[0])}.{identifier(row[1])}" for row in database.rows(_NAMES, schemas=schemas)]


def read(database: Database, schemas: list[str]) -> Positions:
    """Where each sequence stands.

    The sequences themselves are asked: the view `pg_sequences` hides what the user may not see.
    """
    found = names(database, schemas)
    if not found:
        return {}
    sql = " union all ".join(f"select {index}, last_value, is_called from {name}" for index, name in enumerate(found))
    return {found[row[0]]: (int(row[1]), bool(row[2])) for row in database.rows(sql)}


def write(database: Database, positions: Positions) -> None:
    """Set each sequence to where it stands on the other side."""
    for name, (value, called) in positions.items():
        database.rows(
            "select setval(cast(:name as regclass), cast(:value as bigint), cast(:called as boolean))",
            name=name,
            value=value,
            called=called,
        )
