"""`final_validation`: what can be proven of the whole database within the seconds of a fence."""

from functools import partial

from common import log
from common.checksums import newest, shape
from common.database import Database
from common.errors import ValidationFailed
from common.replication import Replication
from common.tables import Table, schemas, tables
from cutover import crossing, fences, sequences
from cutover.follow import forward_task
from cutover.migration import Migration
from cutover.ways import FORWARD

_COUNTED = 200_000  # rows up to which a count takes milliseconds; above it the newest rows are compared
_NEWEST = 2_000


def final_validation(migration: Migration) -> dict[str, object]:
    """Compare both sides behind the fence; raises `ValidationFailed` with the names of what differs."""
    fence = fences.standing(migration, FORWARD)
    fences.require(migration, fence, FORWARD.drain)
    checkpoint = fences.done(migration, fence, crossing.FINAL_VALIDATION)
    if checkpoint is None:
        deadline = migration.clock.deadline(migration.settings.fence, fence.instant)
        compared = 0
        for replication in migration.settings.replications:
            late = ValidationFailed(f"the validation of the tasks of {replication.name} is not through")
            deadline.poll(partial(_is_validated, migration, replication), late, pause=0.5)
            compared += _compare(migration, replication, max(1.0, deadline.left()))
        checkpoint = fences.note(migration, fence, crossing.FINAL_VALIDATION, {"tables": compared})
    return {"tables": checkpoint.facts["tables"]}


def _is_validated(migration: Migration, replication: Replication) -> bool:
    statistics = migration.tasks.statistics(forward_task(migration, replication).arn)
    if statistics.errored:
        raise ValidationFailed(f"tables in error: {', '.join(statistics.errored)}")
    if statistics.validation_failed or statistics.validation_suspended:
        raise ValidationFailed(
            f"{statistics.validation_failed} rows failed and {statistics.validation_suspended} are suspended"
            f" in the validation of {replication.name}"
        )
    return statistics.validated


def _compare(migration: Migration, replication: Replication, seconds: float) -> int:
    with (
        migration.administer(replication.source, timeout=seconds) as source,
        migration.administer(replication.target, timeout=seconds) as target,
    ):
        found = tables(source, replication.tables)
        different = [str(table) for table in found if _state(source, table) != _state(target, table)]
        here, there = (sequences.names(database, schemas(found)) for database in (source, target))
        different += sorted(set(here) ^ set(there))
    if different:
        raise ValidationFailed(f"source and target differ in {', '.join(different)}")
    log.info("final-validation", replication=replication.name, tables=len(found))
    return len(found)


def _state(database: Database, table: Table) -> object:
    """The number of rows where it is cheap, else a checksum of the newest rows by primary key."""
    if table.estimate <= _COUNTED:
        return database.value(f"select count(*) from {table.quoted}")
    found = shape(database, table)
    if not found.is_ordered_alike:
        return None  # the newest rows by text are others on each server; DMS's own validation stands for them
    return newest(database, found, _NEWEST)
