"""Switchover of the writer role, in either direction. The steps, in order:

1. `fence` blocks writes on the outgoing side.
2. `drain` waits until the incoming side has applied every committed change.
3. `cutover.final_validation` compares both sides.
4. `promote` makes the incoming side the writer.
5. `start_opposite_replication` replicates from the new writer to the former one.

At no time do both databases accept writes. A checkpoint precedes every change that cannot be undone, so that
the switchover can be continued or rolled back at any time. Until the decision to promote, the fence can be revoked.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from common import log
from common.clock import Deadline
from common.errors import FenceTimeout, PreconditionFailed, ReplicationFailed
from common.parameters import Writer
from cutover import (
    application_access,
    decisions,
    fence_gate,
    fences,
    load_slots,
    low_watermark,
    outbound_tasks,
    ownership,
    reverse_replication,
    start_positions,
    traffic,
    validation_record,
    write_audit,
)
from cutover.direction import Direction
from cutover.fences import Fence
from cutover.markers import wait_for_marker
from cutover.migration import Migration, WriterLock
from migration.replication import Replication

END_SOAK_STEP = "end_soak"


def fence(migration: Migration, direction: Direction) -> dict[str, str]:
    """Fence the outgoing writer: first the parameter, so that callers wait, then the logins on the database.

    Whatever may wait or be refused comes before.
    """
    slots: Mapping[str, list[str]] = {}
    if direction.is_forward and migration.parameters.writer() is direction.outgoing_writer:
        fence_gate.require_cutover_is_possible(migration)
        slots = load_slots.require_in_use(migration)
    with _fence_lock(migration, direction) as lock:
        current = _begin_fence(migration, lock, direction, slots)
        _block_outgoing_side(migration, direction, fences.deadline(migration, current))
    log.info("fenced", side=direction.outgoing_writer.value, at=current.fenced_at)
    return {"fenced_at": current.fenced_at}


def drain(migration: Migration, direction: Direction) -> dict[str, object]:
    """Prove by marker rows that the incoming side has applied every change that the outgoing side committed."""
    current = fences.current_fence(migration, direction)
    checkpoint = fences.checkpoint(migration, current, direction.drain_step)
    if checkpoint is None:
        deadline = fences.deadline(migration, current)
        for replication in migration.settings.replications:
            outbound_tasks.require_running(migration, direction, replication)
        _complete_fence(migration, direction, deadline)
        _send_markers(migration, direction, deadline)
        source_positions = write_audit.begin_source(migration) if direction.is_forward else None
        markers = _send_markers(migration, direction, deadline)  # two of them: see cutover.engine.Markers
        for replication in migration.settings.replications:
            outbound_tasks.require_no_lost_changes(migration, direction, replication, wait_seconds=0)
        facts: dict[str, object] = {"markers": markers}
        if direction.is_forward:
            facts[write_audit.AUDIT_FACT] = {
                Writer.SOURCE.value: source_positions,
                Writer.TARGET.value: write_audit.begin_target(migration),
            }
        checkpoint = fences.write_checkpoint(migration, current, direction.drain_step, facts)
    log.info("drained", side=direction.outgoing_writer.value)
    return {"markers": checkpoint.facts["markers"]}


def promote(migration: Migration, direction: Direction) -> dict[str, object]:
    """Make the incoming side the writer; raise `PreconditionFailed` if the fence was revoked.

    Sequences and the start positions of the opposite replication come first, then the decision, then the logins, then
    the parameter.
    """
    with ownership.owned_writer_lock(migration, direction.incoming_writer) as lock:
        return _promote(migration, lock, direction)


def start_opposite_replication(migration: Migration, direction: Direction) -> dict[str, object]:
    """Replicate from the incoming to the outgoing side, from the start position that precedes the promotion.

    After a cutover a rollback depends on it, so that the step ends with the proof that no row is missing.
    """
    completed = _completed_fence(migration, direction)
    if fences.checkpoint(migration, completed, END_SOAK_STEP) is not None:
        raise PreconditionFailed("the soak has ended: the start position of the reverse replication no longer exists")
    outbound_tasks.stop_and_drop_slots(migration, completed)
    write_audit.end(migration, completed)
    # The wait for the tasks takes time, in which another switchover may have begun.
    with ownership.owned_writer_lock(migration, direction.incoming_writer):
        if _completed_fence(migration, direction) != completed:
            raise PreconditionFailed("another switchover began while the replication tasks stopped")
        positions = fences.require_checkpoint(migration, completed, direction.promote_step).facts["positions"]
        started = [
            _start_opposite_task(migration, completed, replication, positions[replication.name])
            for replication in migration.settings.replications
            if positions[replication.name] is not None
        ]
    if direction.is_forward:
        reverse_replication.require_started(migration)
    full_load_required = [name for name, position in positions.items() if position is None]
    for name in full_load_required:
        log.warning("full-load-required", replication=name)
    return {"started": any(started), "full_load_required": full_load_required}


def _begin_fence(migration: Migration, lock: WriterLock, direction: Direction, slots: Mapping[str, list[str]]) -> Fence:
    writer = migration.parameters.writer()
    if writer is Writer.FENCED:
        return fences.current_fence(migration, direction)
    outgoing_writer = direction.outgoing_writer
    if writer is not outgoing_writer:
        raise PreconditionFailed(f"the writer is {writer.value}; only the {outgoing_writer.value} can be fenced")
    open_logins = application_access.open_logins_by_replication(migration, direction)
    _prepare_slots(migration, direction)
    begun = Fence(direction, migration.clock.now().isoformat(), migration.execution, slots)
    facts = {"fenced_at": begun.fenced_at, "slots": slots, application_access.OPEN_LOGINS: open_logins}
    migration.checkpoints.write(direction.fence_step, migration.execution, facts)
    lock.set_writer(Writer.FENCED)
    return begun


def _fence_lock(migration: Migration, direction: Direction) -> AbstractContextManager[WriterLock]:
    required = (Writer.SOURCE, Writer.TARGET) if direction.is_forward else (Writer.TARGET,)
    return ownership.owned_writer_lock(migration, *required)


def _complete_fence(migration: Migration, direction: Direction, deadline: Deadline) -> None:
    """Block the logins of a fence that has failed behind the parameter: a write behind the markers would be lost.

    Under the lock, so that the fence is not revoked in between: its logins would be blocked although it is the writer.
    """
    with _fence_lock(migration, direction):
        fences.current_fence(migration, direction)
        _block_outgoing_side(migration, direction, deadline)


def _block_outgoing_side(migration: Migration, direction: Direction, deadline: Deadline) -> None:
    for replication in migration.settings.replications:
        side = direction.outgoing_side(replication)
        with migration.admin_session(side, timeout=_statement_timeout(deadline)) as outgoing:
            application_access.block(migration, replication, side, outgoing, deadline)


def _prepare_slots(migration: Migration, direction: Direction) -> None:
    """Create the slots that the steps behind the fence need, and drop them again if the fence is refused.

    In the forward direction the last check of `fence_gate` is repeated: an alarm may have set the hold since.
    """
    if not direction.is_forward:
        start_positions.prepare(migration, direction)
        return
    try:
        write_audit.prepare(migration)
        start_positions.prepare(migration, direction)
        traffic.require_cutover_step(migration)
    except PreconditionFailed:
        write_audit.discard(migration)
        start_positions.discard(migration, direction)
        raise


def _send_markers(migration: Migration, direction: Direction, deadline: Deadline) -> dict[str, str]:
    """Write one marker per replication, and wait until the incoming side has applied all of them."""
    written: dict[str, str] = {}
    timeout = _statement_timeout
    for replication in migration.settings.replications:
        with migration.admin_session(direction.outgoing_side(replication), timeout=timeout(deadline)) as outgoing:
            written[replication.name] = outgoing.markers.write(direction.drain_step)
    for replication in migration.settings.replications:
        with migration.admin_session(direction.incoming_side(replication), timeout=timeout(deadline)) as incoming:
            if not wait_for_marker(incoming.markers, written[replication.name], deadline):
                raise FenceTimeout(
                    f"the marker of {replication.name} did not arrive in the {direction.incoming_writer.value} in time"
                )
    return written


def _promote(migration: Migration, lock: WriterLock, direction: Direction) -> dict[str, object]:
    latest = decisions.latest_unrevoked_fence(migration)
    writer = migration.parameters.writer()
    if writer is direction.incoming_writer and latest is not None and latest.direction == direction:
        return {"positions": fences.require_checkpoint(migration, latest, direction.promote_step).facts["positions"]}
    current = fences.current_fence(migration, direction)
    decisions.require_not_revoked(migration, current)
    fences.require_checkpoint(migration, current, direction.drain_step)
    validation_record.require_passed(migration, current)
    checkpoint = fences.checkpoint(migration, current, direction.promote_step)
    if checkpoint is None:
        outbound_tasks.request_stop(migration, current)
        replications = migration.settings.replications
        prepared = {entry.name: _prepare_incoming_side(migration, direction, entry) for entry in replications}
        facts = {
            "positions": {name: position for name, (position, _) in prepared.items()},
            "low_watermarks": {name: marker for name, (_, marker) in prepared.items()},
        }
        checkpoint = fences.write_checkpoint(migration, current, direction.promote_step, facts)
    _require_time_to_promote(migration, current)
    decisions.require_promotion(migration, current)
    # After the decision: it blocks the outgoing side again, which is the writer if the fence was revoked.
    write_audit.require_silent_outgoing_side(migration, current)
    for replication in migration.settings.replications:
        application_access.allow(migration, lock, replication, direction.incoming_side(replication))
    lock.set_writer(direction.incoming_writer)
    log.info("promoted", side=direction.incoming_writer.value)
    return {"positions": checkpoint.facts["positions"]}


def _require_time_to_promote(migration: Migration, current: Fence) -> None:
    """Raise `FenceTimeout` after the fence of the source has timed out, unless its promotion was decided before."""
    if not current.direction.is_forward or fences.deadline(migration, current).left() > 0:
        return
    if decisions.find_decision(migration, current) is None:
        raise FenceTimeout("the fence timed out before the target was promoted")


def _prepare_incoming_side(
    migration: Migration, direction: Direction, replication: Replication
) -> tuple[str | None, str | None]:
    """Set the sequences of the incoming side; return the opposite start position and the low watermark behind it."""
    with (
        migration.admin_session(direction.outgoing_side(replication)) as outgoing,
        migration.admin_session(direction.incoming_side(replication)) as incoming,
    ):
        tables = outgoing.schema.tables(replication.tables)
        wanted, present = outgoing.sequences.read(tables), incoming.sequences.read(tables)
        changed = {name: position for name, position in wanted.items() if present.get(name) != position}
        incoming.sequences.write(changed)
        position = start_positions.settle(direction, replication, incoming)
        marker = None if position is None else incoming.markers.write(low_watermark.LOW_WATERMARK)
        return position, marker


def _completed_fence(migration: Migration, direction: Direction) -> Fence:
    """Return the fence of the switchover that promoted the present writer."""
    latest = decisions.latest_unrevoked_fence(migration)
    writer = migration.parameters.writer()
    if latest is None or latest.direction != direction or writer is not direction.incoming_writer:
        raise PreconditionFailed(
            f"the writer is {writer.value}; replication starts after a {direction.name} switchover has promoted it"
        )
    return latest


def _start_opposite_task(migration: Migration, completed: Fence, replication: Replication, position: str) -> bool:
    direction = completed.direction
    task = direction.opposite_task(replication)
    recorded = fences.checkpoint(migration, completed, direction.replicate_step)
    requested, started = ([], []) if recorded is None else (recorded.facts["requested"], recorded.facts["started"])
    if migration.tasks.state(task).active:
        if task not in requested:
            raise ReplicationFailed(f"{task} has been running since before the fence of {completed.fenced_at}")
        return False
    if task in started:
        # It has failed since, or was stopped. A restart at the start position would apply its changes again.
        low_watermark.write_before_resumption(migration, direction.opposite, replication)
        migration.tasks.resume(task)
        return True
    facts = {"requested": [*requested, task], "started": started}
    fences.write_checkpoint(migration, completed, direction.replicate_step, facts)
    migration.tasks.start(task, position)
    facts = {"requested": facts["requested"], "started": [*started, task]}
    fences.write_checkpoint(migration, completed, direction.replicate_step, facts)
    return True


def _statement_timeout(deadline: Deadline) -> float:
    """Return the seconds for one statement: a server that hangs must not use more time than the fence has left."""
    return max(1.0, deadline.left())
