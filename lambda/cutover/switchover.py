"""Switchover of the writer role, in either direction. The steps, in order:

1. `fence` blocks writes on the outgoing side.
2. `drain` waits until the incoming side has applied every committed change.
3. `cutover.final_validation` compares both sides; in the forward direction only.
4. `promote` makes the incoming side the writer.
5. `start_opposite_replication` replicates from the new writer to the former one.

At no time do both databases accept writes. A checkpoint precedes every change that cannot be undone, so that
the switchover can be continued or rolled back at any time.
"""

from common import log
from common.clock import Deadline
from common.errors import FenceTimeout, PreconditionFailed, ReplicationFailed
from common.parameters import Writer
from cutover import application_access, fence_gate, fences, outbound_tasks, ownership, reverse_replication
from cutover.direction import Direction
from cutover.fences import Fence
from cutover.markers import wait_for_marker
from cutover.migration import Migration, WriterLock
from migration.replication import Replication

FINAL_VALIDATION = "final_validation"
END_SOAK_STEP = "end_soak"
_MARKERS = 2  # see cutover.engine.Markers


def fence(migration: Migration, direction: Direction) -> dict[str, str]:
    """Fence the outgoing writer: first the parameter, so that callers wait, then the logins on the database."""
    if direction.is_forward and migration.parameters.writer() is direction.outgoing_writer:
        fence_gate.require_cutover_is_possible(migration)
    with ownership.owned_writer_lock(migration) as lock:
        current = _begin_fence(migration, lock, direction)
        deadline = _deadline(migration, current)
        for replication in migration.settings.replications:
            side = direction.outgoing_side(replication)
            with migration.admin_session(side, timeout=_statement_timeout(deadline)) as outgoing:
                application_access.block(migration, replication, side, outgoing, deadline)
    log.info("fenced", side=direction.outgoing_writer.value, at=current.fenced_at)
    return {"fenced_at": current.fenced_at}


def drain(migration: Migration, direction: Direction) -> dict[str, object]:
    """Prove by marker rows that the incoming side has applied every change that the outgoing side committed."""
    current = fences.current_fence(migration, direction)
    checkpoint = fences.checkpoint(migration, current, direction.drain_step)
    if checkpoint is None:
        deadline = _deadline(migration, current)
        for replication in migration.settings.replications:
            outbound_tasks.require_running(migration, direction, replication)
        positions = [_send_markers(migration, direction, deadline) for _ in range(_MARKERS)][-1]
        checkpoint = fences.write_checkpoint(migration, current, direction.drain_step, {"positions": positions})
    log.info("drained", side=direction.outgoing_writer.value)
    return {"positions": checkpoint.facts["positions"]}


def promote(migration: Migration, direction: Direction) -> dict[str, object]:
    """Make the incoming side the writer.

    Sequences and the start positions of the opposite replication come first, then the logins, then the parameter.
    """
    with ownership.owned_writer_lock(migration) as lock:
        return _promote(migration, lock, direction)


def start_opposite_replication(migration: Migration, direction: Direction) -> dict[str, bool]:
    """Replicate from the incoming to the outgoing side, from the start position that precedes the promotion.

    After a cutover a rollback depends on it, so that the step ends with the proof that a row arrives.
    """
    completed = _completed_fence(migration, direction)
    if fences.checkpoint(migration, completed, END_SOAK_STEP) is not None:
        raise PreconditionFailed("the soak has ended: the start position of the reverse replication no longer exists")
    outbound_tasks.stop_and_drop_slots(migration, completed)
    # The wait for the tasks takes time, in which another switchover may have begun.
    with ownership.owned_writer_lock(migration):
        if _completed_fence(migration, direction) != completed:
            raise PreconditionFailed("another switchover began while the replication tasks stopped")
        positions = fences.require_checkpoint(migration, completed, direction.promote_step).facts["positions"]
        started = [
            _start_opposite_task(migration, completed, replication, positions[replication.name])
            for replication in migration.settings.replications
        ]
    if direction.is_forward:
        reverse_replication.require_started(migration)
    return {"started": any(started)}


def _begin_fence(migration: Migration, lock: WriterLock, direction: Direction) -> Fence:
    writer = migration.parameters.writer()
    if writer is Writer.FENCED:
        return fences.current_fence(migration, direction)
    outgoing_writer = direction.outgoing_writer
    if writer is not outgoing_writer:
        raise PreconditionFailed(f"the writer is {writer.value}; only the {outgoing_writer.value} can be fenced")
    begun = Fence(direction, migration.clock.now().isoformat(), migration.execution)
    migration.checkpoints.write(direction.fence_step, migration.execution, {"fenced_at": begun.fenced_at})
    lock.set_writer(Writer.FENCED)
    return begun


def _send_markers(migration: Migration, direction: Direction, deadline: Deadline) -> dict[str, int]:
    """Write one marker per replication, and wait until the incoming side has applied all of them."""
    written: dict[str, int] = {}
    timeout = _statement_timeout
    marker = migration.own_marker(direction.marker)
    for replication in migration.settings.replications:
        with migration.admin_session(direction.outgoing_side(replication), timeout=timeout(deadline)) as outgoing:
            written[replication.name] = outgoing.markers.write(marker)
    for replication in migration.settings.replications:
        with migration.admin_session(direction.incoming_side(replication), timeout=timeout(deadline)) as incoming:
            if not wait_for_marker(incoming.markers, marker, written[replication.name], deadline):
                raise FenceTimeout(
                    f"the marker of {replication.name} did not arrive in the {direction.incoming_writer.value} in time"
                )
    return written


def _promote(migration: Migration, lock: WriterLock, direction: Direction) -> dict[str, object]:
    latest = fences.latest_fence(migration)
    writer = migration.parameters.writer()
    if writer is direction.incoming_writer and latest is not None and latest.direction == direction:
        return {"positions": fences.require_checkpoint(migration, latest, direction.promote_step).facts["positions"]}
    current = fences.current_fence(migration, direction)
    fences.require_checkpoint(migration, current, direction.drain_step)
    if direction.is_forward:
        fences.require_checkpoint(migration, current, FINAL_VALIDATION)
    checkpoint = fences.checkpoint(migration, current, direction.promote_step)
    if checkpoint is None:
        outbound_tasks.request_stop(migration, current)
        replications = migration.settings.replications
        positions = {entry.name: _prepare_incoming_side(migration, direction, entry) for entry in replications}
        checkpoint = fences.write_checkpoint(migration, current, direction.promote_step, {"positions": positions})
    if direction.is_forward and _deadline(migration, current).left() <= 0:
        raise FenceTimeout("the fence timed out before the target was promoted")
    for replication in migration.settings.replications:
        application_access.allow(migration, replication, direction.incoming_side(replication))
    lock.set_writer(direction.incoming_writer)
    log.info("promoted", side=direction.incoming_writer.value)
    return {"positions": checkpoint.facts["positions"]}


def _prepare_incoming_side(migration: Migration, direction: Direction, replication: Replication) -> str:
    """Set the sequences of the incoming side, and return the start position of the opposite replication."""
    with (
        migration.admin_session(direction.outgoing_side(replication)) as outgoing,
        migration.admin_session(direction.incoming_side(replication)) as incoming,
    ):
        tables = outgoing.schema.tables(replication.tables)
        wanted, present = outgoing.sequences.read(tables), incoming.sequences.read(tables)
        changed = {name: position for name, position in wanted.items() if present.get(name) != position}
        incoming.sequences.write(changed)
        return incoming.changes.create_start_position(direction.opposite_slot(replication))


def _completed_fence(migration: Migration, direction: Direction) -> Fence:
    """Return the fence of the switchover that promoted the present writer."""
    latest = fences.latest_fence(migration)
    writer = migration.parameters.writer()
    if latest is None or latest.direction != direction or writer is not direction.incoming_writer:
        raise PreconditionFailed(
            f"the writer is {writer.value}; replication starts after a {direction.name} switchover has promoted it"
        )
    return latest


def _start_opposite_task(migration: Migration, completed: Fence, replication: Replication, position: str) -> bool:
    direction = completed.direction
    task = direction.opposite_task(replication)
    is_recorded = fences.checkpoint(migration, completed, direction.replicate_step) is not None
    if migration.tasks.state(task).active:
        if not is_recorded:
            raise ReplicationFailed(f"{task} has been running since before the fence of {completed.fenced_at}")
        return False
    fences.write_checkpoint(migration, completed, direction.replicate_step, {"tasks": [task]})
    migration.tasks.start(task, position)
    return True


def _deadline(migration: Migration, current: Fence) -> Deadline:
    # In the forward direction the timeout counts from the fence: after it, the rollback unfences the source.
    # In the reverse direction there is no other side to return to, so that each attempt has the whole timeout.
    since = current.time if current.direction.is_forward else None
    return migration.clock.deadline(migration.settings.fence_timeout_seconds, since)


def _statement_timeout(deadline: Deadline) -> float:
    """Return the seconds for one statement: a server that hangs must not use more time than the fence has left."""
    return max(1.0, deadline.left())
