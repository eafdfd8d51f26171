"""Forward replication after a rollback: resumed after an undone fence, started anew after a switchover."""

from cutover import fences, outbound_tasks, start_positions, switchover, write_audit
from cutover.direction import FORWARD, REVERSE
from cutover.migration import Migration


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
    resumed = fence is not None and outbound_tasks.resume(migration, fence)
    return {"started": resumed, "full_load_required": []}


def without_start_position(migration: Migration) -> list[str]:
    """Return the replications that need a new full load after the last rollback."""
    fence = fences.latest_fence(migration)
    if fence is None or fence.direction != REVERSE:
        return []
    promotion = fences.checkpoint(migration, fence, REVERSE.promote_step)
    positions = {} if promotion is None else promotion.facts["positions"]
    return [name for name, position in positions.items() if position is None]
