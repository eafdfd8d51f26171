"""Changes of the source's schema since a snapshot: DMS applies no DDL, and the schema is frozen while it replicates."""

from collections.abc import Iterator, Mapping

from cutover.premigration_rule import Problem
from cutover.schema_snapshot import SchemaSnapshot, TableProperties


def schema_changes(before: Mapping[str, TableProperties], now: SchemaSnapshot) -> Iterator[Problem]:
    """Yield each table that was created, dropped or altered since the snapshot `before`."""
    for table in sorted(before.keys() | now.tables.keys()):
        old, new = before.get(table, {}), now.properties(table)
        if old == new:
            continue
        if not old or not new:
            text = f"{table} was {'created' if not old else 'dropped'} since the load"
        else:
            changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
            text = f"{table} was altered since the load: {', '.join(changed)}"
        yield Problem(
            table,
            f"{text}; DMS applies no DDL, so that rows of the target may lack values",
            f"undo the change; or make it in the target too, truncate {table} there and reload it",
        )
