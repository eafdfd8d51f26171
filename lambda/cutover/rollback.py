"""The way back: which one is lossless now, and its steps that are not a crossing's own."""

from common import log
from common.errors import MigrationError, PreconditionFailed
from common.parameters import Writer
from cutover import crossing, doors, fences
from cutover.arrival import arrives
from cutover.fences import Fence
from cutover.migration import Exclusive, Migration
from cutover.ways import BACK, FORWARD
from migration.replication import Replication

UNFENCE_SOURCE, REVERSE_REPLICATION, MANUAL = "unfence-source", "reverse-replication", "manual"
_LAG = 10.0  # seconds that the reverse task may be behind
_PROBE = "assess_rollback"


def assess_rollback(migration: Migration) -> dict[str, str]:
    """Which way back loses nothing; `manual` where a person must decide."""
    try:
        path, reason = _assess(migration)
    except MigrationError as fault:
        path, reason = MANUAL, f"{type(fault).__name__}: {fault}"
    log.info("assessed", path=path, reason=reason)
    return {"path": path, "reason": reason}


def _assess(migration: Migration) -> tuple[str, str]:
    match migration.parameters.writer():
        case Writer.SOURCE:
            return UNFENCE_SOURCE, "the source is the writer"
        case Writer.TARGET:
            return _assess_reverse(migration)
        case Writer.FENCED:
            fence = fences.last(migration)
            if fence is None:
                return MANUAL, "a fence stands that no checkpoint knows of"
            if fence.way == FORWARD:
                if all(_is_untouched(migration, fence, entry) for entry in migration.settings.replications):
                    return UNFENCE_SOURCE, "the target took no writes"
                return MANUAL, "the target was opened and took writes, and is not the writer"
            if fences.done(migration, fence, BACK.drain) is not None:
                return REVERSE_REPLICATION, "the source holds everything already"
            return _assess_reverse(migration)


def _assess_reverse(migration: Migration) -> tuple[str, str]:
    for replication in migration.settings.replications:
        state = migration.tasks.state(replication.tasks.reverse)
        if state.status != "running":
            return MANUAL, f"the reverse task of {replication.name} is {state.status}"
        statistics = migration.tasks.statistics(replication.tasks.reverse)
        if statistics.tables_errored:
            return MANUAL, f"the reverse task of {replication.name} has tables in error"
        if statistics.validation_failed:
            failed = statistics.validation_failed
            return MANUAL, f"{failed} rows failed in the validation of the reverse task of {replication.name}"
        with migration.administer(replication.source) as taker, migration.administer(replication.target) as giver:
            failed = taker.schema.apply_errors()
            if failed:
                return MANUAL, f"the reverse task of {replication.name} could not apply {failed} changes"
            sent = giver.markers.write(_PROBE)
            if not arrives(taker.markers, _PROBE, sent, migration.clock.deadline(_LAG)):
                return MANUAL, f"the source of {replication.name} is more than {_LAG:g} s behind"
    return REVERSE_REPLICATION, "the source follows the target"


def unfence_source(migration: Migration) -> dict[str, bool]:
    """Undo a fence of the source; only while the target never took a write."""
    unfenced = False
    if migration.parameters.writer() is not Writer.SOURCE:
        with migration.exclusively() as exclusive:
            _unfence_source(migration, exclusive)
        unfenced = True
    fence = fences.last(migration)
    if fence is not None and fence.way == FORWARD:
        _follow_again(migration, fence)
    return {"unfenced": unfenced}


def start_forward_replication(migration: Migration) -> dict[str, bool]:
    """Let the target follow again: after a crossing back from its slot, after an undone fence from where it stopped."""
    fence = fences.last(migration)
    if fence is not None and fence.way == BACK:
        return crossing.follow(migration, BACK)
    if migration.parameters.writer() is not Writer.SOURCE:
        raise PreconditionFailed("the target follows only while the source is the writer")
    return {"started": fence is not None and _follow_again(migration, fence)}


def record_rollback(migration: Migration) -> dict[str, str]:
    """Write down what the rollback led to, and tell the team."""
    state = {
        "writer": migration.parameters.writer().value,
        "weight": migration.parameters.weight(),
        "hold": migration.parameters.hold() or "",
    }
    settings = migration.settings
    run = migration.execution.rsplit(":", 1)[-1] or "none"
    migration.checkpoints.put(f"rollback/{settings.workflow}/{run}.json", state)
    migration.checkpoints.write("record_rollback", migration.execution, state)
    migration.tell(
        f"{settings.workflow}: rolled back",
        f"Writer {state['writer']}, {state['weight']} % of the traffic on the new side.\n"
        f"Traffic is held ({state['hold']}). When the reason is gone:\n"
        f"aws ssm put-parameter --overwrite --name {settings.parameters}/traffic/hold --value none",
    )
    return {"writer": str(state["writer"])}


def _unfence_source(migration: Migration, exclusive: Exclusive) -> None:
    fence = fences.standing(migration, FORWARD)
    for replication in migration.settings.replications:
        _shut_target(migration, replication)
        if not _is_untouched(migration, fence, replication):
            raise PreconditionFailed(
                f"the target of {replication.name} took writes: opening the source would lose them"
            )
    for replication in migration.settings.replications:
        doors.let_in(migration, replication, replication.source)
    exclusive.move_writer(Writer.SOURCE)
    log.warning("source-unfenced")


def _is_untouched(migration: Migration, fence: Fence, replication: Replication) -> bool:
    """Whether the target was shut since it was fenced off, or was opened and yet took nothing."""
    side = replication.target
    with migration.administer(side) as target:
        opened = fences.done(migration, fence, FORWARD.open)
        if opened is None:
            return not doors.is_open(migration, replication, side, target)
        # The log shows what is flushed. A commit that did not wait for its flush is flushed with this one.
        target.markers.write(_PROBE)
        return target.changes.is_quiet_since(replication.reverse_slot, opened.facts["positions"][replication.name])


def _shut_target(migration: Migration, replication: Replication) -> None:
    with migration.administer(replication.target) as target:
        deadline = migration.clock.deadline(migration.settings.fence)
        doors.shut(migration, replication, replication.target, target, deadline)


def _follow_again(migration: Migration, fence: Fence) -> bool:
    """Start the tasks again that were stopped behind `fence`: their own slots are dropped only after a crossing.

    The slot for the way back, which nobody will read now, is dropped: it would fill the target's disk.
    """
    for replication in migration.settings.replications:
        with migration.administer(replication.target) as target:
            target.changes.forget(replication.reverse_slot)
    stopped = fences.done(migration, fence, FORWARD.stop)
    resumed = False
    for task in stopped.facts["tasks"] if stopped else []:
        if migration.tasks.state(task).status == "running":
            continue
        migration.tasks.await_stopped(task, migration.settings.stop)
        migration.tasks.resume(task)
        resumed = True
    return resumed
