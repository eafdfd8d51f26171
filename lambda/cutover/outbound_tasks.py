"""Replication tasks from the outgoing to the incoming side of a switchover, and their replication slots."""

from collections.abc import Iterable

from common.errors import DatabaseFailure, ReplicationFailed
from cutover import fences, low_watermark
from cutover.direction import Direction
from cutover.engine import ChangeLog
from cutover.fences import Fence
from cutover.migration import Migration
from migration.replication import Replication

_SLOT_RELEASE_SECONDS = 30
_OBJECT_IN_USE = "55006"  # SQLSTATE


def require_running(migration: Migration, direction: Direction, replication: Replication) -> None:
    """Raise `ReplicationFailed` unless a task replicates from the outgoing side."""
    states = [migration.tasks.state(task) for task in direction.outbound_tasks(replication)]
    if not any(state.status == "running" for state in states):
        statuses = ", ".join(f"{state.arn} is {state.status}" for state in states)
        raise ReplicationFailed(f"no task replicates from the {direction.outgoing_writer.value}: {statuses}")


def require_no_lost_changes(
    migration: Migration, direction: Direction, replication: Replication, wait_seconds: float
) -> None:
    """Raise `ReplicationFailed` if the replication from the outgoing side began behind its start position.

    A full load has none.
    """
    if migration.tasks.state(direction.outbound_tasks(replication)[0]).not_started:
        return
    with migration.admin_session(direction.incoming_side(replication)) as incoming:
        low_watermark.require(migration, direction.opposite, replication, incoming, wait_seconds)


def request_stop(migration: Migration, fence: Fence) -> None:
    """Request that the tasks stop, without a wait: behind the fence no change is left to replicate."""
    direction = fence.direction
    if fences.checkpoint(migration, fence, direction.stop_step) is None:
        slots: dict[str, list[str]] = {}
        for replication in migration.settings.replications:
            side = direction.outgoing_side(replication)
            with migration.admin_session(side) as outgoing:
                used = outgoing.changes.slots_in_use_by(migration.replication_users(side))
            # A task that has lost its connection reads from no slot at this moment.
            slots[replication.name] = sorted({*used, *fence.slots.get(replication.name, ())})
        facts = {"slots": slots, "tasks": _active_tasks(migration, direction)}
        fences.write_checkpoint(migration, fence, direction.stop_step, facts)
    for replication in migration.settings.replications:
        for task in direction.outbound_tasks(replication):
            migration.tasks.request_stop(task)


def resume(migration: Migration, fence: Fence) -> bool:
    """Resume the tasks that were stopped behind `fence`, whose slots exist until a switchover is complete."""
    stopped = fences.checkpoint(migration, fence, fence.direction.stop_step)
    recorded = fences.checkpoint(migration, fence, fence.direction.resume_step)
    finished: list[str] = [] if recorded is None else list(recorded.facts["tasks"])
    resumed = False
    for task in stopped.facts["tasks"] if stopped else []:
        # Until its stop has finished, a task is described as running.
        if task not in finished:
            migration.tasks.await_stopped(task, migration.settings.task_stop_timeout_seconds)
            finished.append(task)
            fences.write_checkpoint(migration, fence, fence.direction.resume_step, {"tasks": finished})
        if not migration.tasks.state(task).active:
            low_watermark.write_before_resumption(migration, fence.direction, _replication_of(migration, task))
            migration.tasks.resume(task)
            resumed = True
    return resumed


def stop_and_drop_slots(migration: Migration, fence: Fence) -> None:
    """Wait until the tasks have stopped, and drop their slots, which would fill the disk of the outgoing side."""
    direction = fence.direction
    used_slots = fences.require_checkpoint(migration, fence, direction.stop_step).facts["slots"]
    for replication in migration.settings.replications:
        stop_and_drop(migration, direction, replication, used_slots[replication.name])


def stop_and_drop(
    migration: Migration, direction: Direction, replication: Replication, used_slots: Iterable[str]
) -> None:
    """Stop the tasks of `direction`, and drop `used_slots` and the slot that the migration created for them."""
    for task in direction.outbound_tasks(replication):
        migration.tasks.request_stop(task)
        migration.tasks.await_stopped(task, migration.settings.task_stop_timeout_seconds)
    with migration.admin_session(direction.outgoing_side(replication)) as outgoing:
        for slot in {*used_slots, direction.outbound_slot(replication)}:
            _drop_when_released(migration, outgoing.changes, slot)


def _replication_of(migration: Migration, task: str) -> Replication:
    return next(each for each in migration.settings.replications if task in each.tasks.all)


def _active_tasks(migration: Migration, direction: Direction) -> list[str]:
    tasks = [task for replication in migration.settings.replications for task in direction.outbound_tasks(replication)]
    return [task for task in tasks if migration.tasks.state(task).active]


def _drop_when_released(migration: Migration, changes: ChangeLog, slot: str) -> None:
    """Drop a slot, which the server releases a moment after its task has stopped."""

    def is_dropped() -> bool:
        try:
            changes.drop_slot(slot)
        except DatabaseFailure as error:
            if error.sqlstate != _OBJECT_IN_USE:
                raise
            return False
        return True

    late = ReplicationFailed(f"the slot {slot} is still in use {_SLOT_RELEASE_SECONDS} s after its task stopped")
    migration.clock.deadline(_SLOT_RELEASE_SECONDS).poll(is_dropped, late, pause=0.5)
