"""The operation `abandon_migration`: the end of replication while the source is the writer.

Phase `legacy` removes the tasks. A slot that no task reads would fill the disk of the source.
"""

from collections.abc import Mapping

from common import log
from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover import fences, load_slots, outbound_tasks, write_audit
from cutover.direction import FORWARD, REVERSE
from cutover.migration import Migration

ABANDON_STEP = "abandon_migration"


def abandon_migration(migration: Migration) -> dict[str, str]:
    """Stop all replication tasks, and drop their slots on both sides.

    The slot of a full load that has ended with an error, or does not connect again, is left to DMS, which drops it with
    the task.
    """
    with migration.writer_lock():
        _require_source_is_writer(migration)
        slots = _record_load_slots(migration)
        for replication in migration.settings.replications:
            for task in replication.tasks.all:
                migration.tasks.request_stop(task)
    for replication in migration.settings.replications:
        outbound_tasks.stop_and_drop(migration, FORWARD, replication, slots.get(replication.name, ()))
        outbound_tasks.stop_and_drop(migration, REVERSE, replication, ())
    write_audit.discard(migration)
    # The wait for the tasks takes time, in which a switchover may have begun.
    with migration.writer_lock():
        _require_source_is_writer(migration)
        migration.parameters.clear_replication()
    log.info("migration-abandoned")
    return {"state": "abandoned"}


def _require_source_is_writer(migration: Migration) -> None:
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise PreconditionFailed(
            f"the writer is {writer.value}; a migration is abandoned while the source is the writer"
        )


def _record_load_slots(migration: Migration) -> Mapping[str, list[str]]:
    """Record the slots that DMS created on the sources; a retry knows them although their tasks have stopped."""
    recorded = _earlier_load_slots(migration)
    slots: dict[str, list[str]] = {}
    for replication in migration.settings.replications:
        used = load_slots.await_in_use(migration, replication)
        slots[replication.name] = sorted({*recorded.get(replication.name, ()), *(used or ())})
    migration.checkpoints.write(ABANDON_STEP, migration.execution, {"slots": slots})
    return slots


def _earlier_load_slots(migration: Migration) -> dict[str, set[str]]:
    """Return the slots that an earlier attempt or the last fence of the source recorded."""
    checkpoints = [migration.checkpoints.read(ABANDON_STEP)]
    fence = fences.latest_fence(migration)
    if fence is not None and fence.direction == FORWARD:
        checkpoints.append(migration.checkpoints.read(FORWARD.fence_step))
        checkpoints.append(fences.checkpoint(migration, fence, FORWARD.stop_step))
    slots: dict[str, set[str]] = {}
    for checkpoint in checkpoints:
        for name, names in checkpoint.facts["slots"].items() if checkpoint is not None else ():
            slots.setdefault(name, set()).update(names)
    return slots
