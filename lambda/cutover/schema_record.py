"""The schema of each source at the time of its full load, against which later changes are found."""

from collections.abc import Mapping

from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from cutover.schema_snapshot import TableProperties
from migration.replication import Replication
from migration.tables import Table

_STEP = "source-schema"
_TABLES = "tables"


def write(migration: Migration, replication: Replication, source: DatabaseAdmin, tables: list[Table]) -> None:
    """Record the schema; an attempt that repeats `initialize` before the load replaces it."""
    checkpoint = migration.checkpoints.read(_STEP)
    recorded = {} if checkpoint is None else checkpoint.facts[_TABLES]
    snapshot = {table: dict(properties) for table, properties in source.schema.snapshot(tables).tables.items()}
    migration.checkpoints.write(_STEP, migration.execution, {_TABLES: {**recorded, replication.name: snapshot}})


def read(migration: Migration, replication: Replication) -> Mapping[str, TableProperties] | None:
    """Return the schema at the time of the load; None before `initialize`."""
    checkpoint = migration.checkpoints.read(_STEP)
    found: Mapping[str, TableProperties] | None = None
    if checkpoint is not None:
        found = checkpoint.facts[_TABLES].get(replication.name)
    return found
