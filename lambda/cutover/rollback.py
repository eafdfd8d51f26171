"""Rollback: the assessment of the rollback path, and the steps that are not part of a switchover.

Two paths lose no data. `unfence-source` undoes the fence while the target has accepted no write.
`reverse-replication` is a switchover back to the source. On the path `manual` an operator must decide.

Until its promotion is decided, a fence can be revoked: its outgoing side has every write. The other side need not be
reachable for that.
"""

from common import log
from common.errors import DatabaseFailure, MigrationError, PreconditionFailed
from common.parameters import Writer
from cutover import (
    application_access,
    decisions,
    fences,
    forward_resumption,
    outbound_tasks,
    ownership,
    registration,
    reverse_replication,
    start_positions,
    validation_record,
    write_audit,
)
from cutover.decisions import Decision
from cutover.direction import FORWARD, REVERSE
from cutover.fences import Fence
from cutover.migration import Migration
from migration.replication import Replication, Side

UNFENCE_SOURCE, REVERSE_REPLICATION, MANUAL, IGNORED = "unfence-source", "reverse-replication", "manual", "ignored"
_PROBE = "assess_rollback"
_LOST_SIDE_SECONDS = 4.0  # callers wait, and a lost side may not respond at all


def assess_rollback(migration: Migration) -> dict[str, str]:
    """Return the rollback path that loses no data, or `manual`, and the reason.

    Raise `DatabaseFailure` if a database does not respond: after a retry the path may be known.
    """
    try:
        path, reason = _assess(migration)
    except DatabaseFailure:
        raise
    except MigrationError as error:
        path, reason = MANUAL, f"{type(error).__name__}: {error}"
    log.info("assessed", path=path, reason=reason)
    return {"path": path, "reason": reason}


def assess_requested_rollback(migration: Migration) -> dict[str, str]:
    """Return the rollback path for a migration that has failed; `ignored` if it is no longer in progress.

    Since the rollback was requested, an operator may have rejected it, or another migration may have begun.
    """
    if registration.is_in_progress(migration):
        return assess_rollback(migration)
    log.warning("rollback-request-ignored", execution=migration.execution)
    return {"path": IGNORED, "reason": f"the migration {migration.execution} is no longer in progress"}


def unfence_source(migration: Migration) -> dict[str, bool]:
    """Undo the fence of the source; raise `PreconditionFailed` if the target has accepted writes.

    The target need not be reachable, unless its promotion was decided.
    """
    unfenced = False
    if migration.parameters.writer() is not Writer.SOURCE:
        fence = fences.current_fence(migration, FORWARD)
        # Before the decision: a target that has accepted writes must remain promotable.
        if decisions.find_decision(migration, fence) is None:
            _require_no_target_writes(migration, fence)
        if decisions.decide(migration, fence, Decision.REVOKE) is Decision.REVOKE:
            _revoke(migration, fence)
        else:
            _abandon_target(migration, fence)
        log.warning("source-unfenced")
        unfenced = True
    if migration.parameters.is_replication_present():
        forward_resumption.replicate_forward(migration)
    return {"unfenced": unfenced}


def unfence_target(migration: Migration) -> dict[str, bool]:
    """Undo the fence of the target; raise `PreconditionFailed` if the promotion of the source was decided.

    The source need not be reachable. Change nothing unless the last fence is that of the target.
    """
    fence = fences.latest_fence(migration)
    if fence is None or fence.direction != REVERSE:
        return {"unfenced": False}
    unfenced = False
    if migration.parameters.writer() is Writer.FENCED:
        if decisions.decide(migration, fence, Decision.REVOKE) is Decision.PROMOTE:
            raise PreconditionFailed("the source is promoted: run promote_source, which makes it the writer")
        _revoke(migration, fence)
        log.warning("target-unfenced")
        unfenced = True
    is_revoked = decisions.find_decision(migration, fence) is Decision.REVOKE
    # `end_soak` closes the window, and drops the slots of the reverse tasks.
    if is_revoked and migration.parameters.is_rollback_window_open():
        start_positions.discard(migration, REVERSE)
        outbound_tasks.resume(migration, fence)
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
            return _assess_fence(migration, fence)


def _assess_fence(migration: Migration, fence: Fence) -> tuple[str, str]:
    decision = decisions.find_decision(migration, fence)
    if fence.direction == FORWARD:
        if decision is not Decision.PROMOTE:
            found = write_audit.find_target_writes(migration, fence)
            return (UNFENCE_SOURCE, "the target was not promoted") if found is None else (MANUAL, found)
        if all(_has_no_writes(migration, fence, entry) for entry in migration.settings.replications):
            return UNFENCE_SOURCE, "the target has accepted no write"
        return MANUAL, "the target was promoted and accepted writes, but it is not the writer"
    if decision is Decision.REVOKE:
        return MANUAL, "the fence of the target was revoked, but the target is not the writer: run unfence_target"
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


def _require_no_target_writes(migration: Migration, fence: Fence) -> None:
    found = write_audit.find_target_writes(migration, fence)
    if found is not None:
        raise PreconditionFailed(found)


def _revoke(migration: Migration, fence: Fence) -> None:
    """Make the outgoing side of a revoked fence the writer; the incoming side need not be reachable."""
    direction = fence.direction
    with ownership.owned_writer_lock(migration, direction.outgoing_writer) as lock:
        fences.current_fence(migration, direction)
        for replication in migration.settings.replications:
            _require_no_logins(migration, replication, direction.incoming_side(replication))
        for replication in migration.settings.replications:
            application_access.allow(migration, lock, replication, direction.outgoing_side(replication))
        lock.set_writer(direction.outgoing_writer)


def _require_no_logins(migration: Migration, replication: Replication, side: Side) -> None:
    """Raise `PreconditionFailed` if an administrator has allowed logins on a side that was not promoted.

    A side that cannot be reached is skipped: its logins are blocked since it was fenced or initialized.
    """
    try:
        with migration.admin_session(side, timeout=_LOST_SIDE_SECONDS) as admin:
            if application_access.is_allowed(migration, replication, side, admin):
                raise PreconditionFailed(
                    f"{side.address.host} allows logins of the application although it was not promoted: block them,"
                    " and apply its writes to the other side"
                )
    except DatabaseFailure as error:
        if not error.is_connection_failure:
            raise
        log.warning("logins-not-checked", host=side.address.host, cause=str(error))


def _abandon_target(migration: Migration, fence: Fence) -> None:
    """Make the source the writer although the promotion of the target was decided, if the target has no write."""
    with ownership.owned_writer_lock(migration, Writer.SOURCE, Writer.TARGET) as lock:
        fences.current_fence(migration, FORWARD)
        for replication in migration.settings.replications:
            _block_target(migration, replication)
            if not _has_no_writes(migration, fence, replication):
                raise PreconditionFailed(
                    f"the target of {replication.name} accepted writes, which unfencing the source would lose"
                )
        for replication in migration.settings.replications:
            application_access.allow(migration, lock, replication, replication.source)
        lock.set_writer(Writer.SOURCE)


def _has_no_writes(migration: Migration, fence: Fence, replication: Replication) -> bool:
    """Return whether the target has accepted no write since the start position of the reverse replication."""
    promoted = fences.require_checkpoint(migration, fence, FORWARD.promote_step)
    with migration.admin_session(replication.target) as target:
        # The log contains flushed changes only. The commit of this marker also flushes commits that did not wait.
        target.markers.write(_PROBE)
        position = str(promoted.facts["positions"][replication.name])
        return target.changes.has_no_writes_since(replication.reverse_slot, position)


def _block_target(migration: Migration, replication: Replication) -> None:
    with migration.admin_session(replication.target) as target:
        deadline = migration.clock.deadline(migration.settings.fence_timeout_seconds)
        application_access.block(migration, replication, replication.target, target, deadline)
