"""The soak after the cutover: `begin_soak` proves that a rollback is lossless, `end_soak` removes that possibility."""

from common import log
from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover import decisions, fences, outbound_tasks, reverse_replication, start_positions, write_audit
from cutover.direction import REVERSE
from cutover.migration import Migration
from cutover.switchover import END_SOAK_STEP

_STEP = "soak"


def begin_soak(migration: Migration) -> dict[str, object]:
    """Record and announce the soak, in which reverse replication keeps the rollback lossless.

    Raise `ReplicationFailed` if it does not: hours may have passed since it was started. Return the tables of the
    source that changed behind its fence.
    """
    _require_target_is_writer(migration, "the soak begins after the target is promoted")
    reverse_replication.require_caught_up(migration)
    migration.writer_replicas.require(Writer.TARGET)
    checkpoint = migration.checkpoints.read(_STEP)
    if checkpoint is None or checkpoint.execution != migration.execution:
        weight = migration.parameters.weight()
        migration.notify(
            f"{migration.settings.migration_name}: soaking",
            f"The target is the writer, and the source receives its changes; the new side receives {weight} % of the"
            " traffic.\nA rollback loses no data until the operation `end_soak`, which phase `production` requires.",
        )
        migration.checkpoints.write(_STEP, migration.execution, {"weight": weight})
    stray_writes = write_audit.stray_writes(migration)
    if stray_writes:
        log.error("stray-writes", tables=stray_writes)
    return {"state": "soaking", "stray_writes": stray_writes}


def end_soak(migration: Migration) -> dict[str, str]:
    """Stop the reverse tasks, drop their slots on the target, and close the rollback window.

    Phase `production` removes the tasks. A slot that no task reads would fill the disk of the target.
    """
    # Under the lock, so that no rollback begins between the check and the checkpoint.
    with migration.writer_lock():
        _require_target_is_writer(migration, "the soak ends while the target is the writer")
        fence = decisions.latest_unrevoked_fence(migration)
        if fence is not None and fences.checkpoint(migration, fence, END_SOAK_STEP) is None:
            fences.write_checkpoint(migration, fence, END_SOAK_STEP, {"weight": migration.parameters.weight()})
    for replication in migration.settings.replications:
        outbound_tasks.stop_and_drop(migration, REVERSE, replication, ())
    # A rollback that was undone has left the slots that it created before its fence.
    start_positions.discard(migration, REVERSE)
    migration.writer_replicas.require(Writer.TARGET)
    migration.parameters.close_rollback_window()
    log.info("soak-ended")
    return {"state": "ended"}


def _require_target_is_writer(migration: Migration, rule: str) -> None:
    writer = migration.parameters.writer()
    if writer is not Writer.TARGET:
        raise PreconditionFailed(f"the writer is {writer.value}; {rule}")
