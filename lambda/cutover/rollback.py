"""Rollback: the assessment of the rollback path, and the steps that are not part of a switchover.

Two paths lose no data. `unfence-source` undoes the fence while the target has accepted no write.
`reverse-replication` is a switchover back to the source. On the path `manual` an operator must decide.
"""

from common import log
from common.errors import MigrationError, PreconditionFailed
from common.parameters import Writer
from cutover import (
    application_access,
    fences,
    forward_resumption,
    ownership,
    reverse_replication,
    validation_record,
    write_audit,
)
from cutover.direction import FORWARD, REVERSE
from cutover.fences import Fence
from cutover.migration import Migration, WriterLock
from migration.replication import Replication

UNFENCE_SOURCE, REVERSE_REPLICATION, MANUAL = "unfence-source", "reverse-replication", "manual"
_PROBE = "assess_rollback"


def assess_rollback(migration: Migration) -> dict[str, str]:
    """Return the rollback path that loses no data, or `manual`, and the reason."""
    try:
        path, reason = _assess(migration)
    except MigrationError as error:
        path, reason = MANUAL, f"{type(error).__name__}: {error}"
    log.info("assessed", path=path, reason=reason)
    return {"path": path, "reason": reason}


def unfence_source(migration: Migration) -> dict[str, bool]:
    """Undo the fence of the source; raise `PreconditionFailed` if the target has accepted writes."""
    unfenced = False
    if migration.parameters.writer() is not Writer.SOURCE:
        with ownership.owned_writer_lock(migration) as lock:
            _unfence_source(migration, lock)
        unfenced = True
    if migration.parameters.is_replication_present():
        forward_resumption.replicate_forward(migration)
    return {"unfenced": unfenced}


def start_forward_replication(migration: Migration) -> dict[str, object]:
    """Replicate to the target again: from a new start position after a switchover, otherwise from the last position.

    Return the replications that need a new full load, because the source has no start position.
    """
    if not migration.parameters.is_replication_present():
        raise PreconditionFailed("the migration was abandoned: the start position of the replication no longer exists")
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise PreconditionFailed(f"the writer is {writer.value}; forward replication requires the source as the writer")
    return forward_resumption.replicate_forward(migration)


def record_rollback(migration: Migration) -> dict[str, str]:
    """Record the state after the rollback, and notify the operations team."""
    state = {
        "writer": migration.parameters.writer().value,
        "weight": migration.parameters.weight(),
        "hold": migration.parameters.hold() or "",
    }
    settings = migration.settings
    run = migration.execution.rsplit(":", 1)[-1] or "none"
    migration.checkpoints.put(f"rollback/{settings.migration_name}/{run}.json", state)
    migration.checkpoints.write("record_rollback", migration.execution, state)
    migration.notify(
        f"{settings.migration_name}: rolled back",
        f"The writer is {state['writer']}; the new side receives {state['weight']} % of the traffic.\n"
        f"{_describe_missing_replication(migration)}"
        f"Traffic is held ({state['hold']}). After the cause is fixed, lift the hold:\n"
        f"aws ssm put-parameter --overwrite --name {settings.parameter_prefix}/traffic/hold --value none",
    )
    return {"writer": str(state["writer"])}


def _describe_missing_replication(migration: Migration) -> str:
    names = forward_resumption.without_start_position(migration)
    return f"The target receives no changes until a new full load of {', '.join(names)}.\n" if names else ""


def _assess(migration: Migration) -> tuple[str, str]:
    match migration.parameters.writer():
        case Writer.SOURCE:
            return UNFENCE_SOURCE, "the source is the writer"
        case Writer.TARGET:
            return _assess_reverse_replication(migration)
        case Writer.FENCED:
            fence = fences.latest_fence(migration)
            if fence is None:
                return MANUAL, "the writer is fenced, but no checkpoint records the fence"
            if fence.direction == FORWARD:
                found = write_audit.find_target_writes(migration, fence)
                if found is not None:
                    return MANUAL, found
                if all(_has_no_writes(migration, fence, entry) for entry in migration.settings.replications):
                    return UNFENCE_SOURCE, "the target has accepted no write"
                return MANUAL, "the target was promoted and accepted writes, but it is not the writer"
            differences = validation_record.differences(migration, fence)
            if differences:
                return MANUAL, f"source and target differ in {', '.join(differences)}"
            if fences.checkpoint(migration, fence, REVERSE.drain_step) is not None:
                return REVERSE_REPLICATION, "the source has applied every change of the target"
            return _assess_reverse_replication(migration)


def _assess_reverse_replication(migration: Migration) -> tuple[str, str]:
    reverse_replication.await_starting(migration)
    for replication in migration.settings.replications:
        blocker = reverse_replication.blocker(migration, replication, reverse_replication.MAX_LAG_SECONDS)
        if blocker is not None:
            return MANUAL, blocker
    return REVERSE_REPLICATION, "reverse replication has caught up"


def _unfence_source(migration: Migration, lock: WriterLock) -> None:
    fence = fences.current_fence(migration, FORWARD)
    found = write_audit.find_target_writes(migration, fence)
    if found is not None:
        raise PreconditionFailed(found)
    for replication in migration.settings.replications:
        _block_target(migration, replication)
        if not _has_no_writes(migration, fence, replication):
            raise PreconditionFailed(
                f"the target of {replication.name} accepted writes, which unfencing the source would lose"
            )
    for replication in migration.settings.replications:
        application_access.allow(migration, replication, replication.source)
    lock.set_writer(Writer.SOURCE)
    log.warning("source-unfenced")


def _has_no_writes(migration: Migration, fence: Fence, replication: Replication) -> bool:
    """Return whether the target has accepted no write since the fence, whether it was promoted or not."""
    side = replication.target
    with migration.admin_session(side) as target:
        promoted = fences.checkpoint(migration, fence, FORWARD.promote_step)
        if promoted is None:
            return not application_access.is_allowed(migration, replication, side, target)
        # The log contains flushed changes only. The commit of this marker also flushes commits that did not wait.
        target.markers.write(_PROBE)
        position = str(promoted.facts["positions"][replication.name])
        return target.changes.has_no_writes_since(replication.reverse_slot, position)


def _block_target(migration: Migration, replication: Replication) -> None:
    with migration.admin_session(replication.target) as target:
        deadline = migration.clock.deadline(migration.settings.fence_timeout_seconds)
        application_access.block(migration, replication, replication.target, target, deadline)
