"""Forward replication after a rollback: resumed after an undone fence, started anew after a switchover."""

from cutover import fences, start_positions, switchover, write_audit
from cutover.direction import FORWARD, REVERSE
from cutover.fences import Fence
from cutover.migration import Migration

_STEP = "resume_source_tasks"


def replicate_forward(migration: Migration) -> dict[str, object]:
    """Replicate from the source, which is the writer, to the target, and drop the slot of the reverse replication.

    An earlier attempt may have failed: a task that stops slowly must not end the forward replication, whose slot
    would fill the disk of the source.
    """
    fence = fences.latest_fence(migration)
    if fence is not None and fence.direction == REVERSE:
        return switchover.start_opposite_replication(migration, REVERSE)
    # No task will read it, and it would fill the disk of the target.
    start_positions.discard(migration, FORWARD)
    write_audit.discard(migration)
    resumed = fence is not None and _resume(migration, fence)
    return {"started": resumed, "full_load_required": []}


def without_start_position(migration: Migration) -> list[str]:
    """Return the replications that need a new full load after the last rollback."""
    fence = fences.latest_fence(migration)
    if fence is None or fence.direction != REVERSE:
        return []
    promotion = fences.checkpoint(migration, fence, REVERSE.promote_step)
    positions = {} if promotion is None else promotion.facts["positions"]
    return [name for name, position in positions.items() if position is None]


def _resume(migration: Migration, fence: Fence) -> bool:
    """Resume the tasks that were stopped behind `fence`, whose slots exist until a switchover is complete."""
    stopped = fences.checkpoint(migration, fence, FORWARD.stop_step)
    recorded = fences.checkpoint(migration, fence, _STEP)
    finished: list[str] = [] if recorded is None else list(recorded.facts["tasks"])
    resumed = False
    for task in stopped.facts["tasks"] if stopped else []:
        # Until its stop has finished, a task is described as running.
        if task not in finished:
            migration.tasks.await_stopped(task, migration.settings.task_stop_timeout_seconds)
            finished.append(task)
            fences.write_checkpoint(migration, fence, _STEP, {"tasks": finished})
        if not migration.tasks.state(task).active:
            migration.tasks.resume(task)
            resumed = True
    return resumed
