"""The fence of a switchover, and the checkpoints of the steps behind it.

Every checkpoint of a switchover contains the time of its fence. The bucket still holds checkpoints of earlier
switchovers under the same names; the time of the fence distinguishes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.clock import Deadline
from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover.direction import FORWARD, REVERSE, Direction
from cutover.migration import Migration
from migration.checkpoints import Checkpoint


@dataclass(frozen=True)
class Fence:
    """A fence, identified by its time; the text is compared exactly as the checkpoint stores it."""

    direction: Direction
    fenced_at: str
    execution: str
    """The execution that fenced; a retry by another one does not change it."""
    slots: Mapping[str, list[str]] = field(default_factory=dict)
    """The slots on the source that its tasks read before the fence, by replication."""

    @property
    def time(self) -> datetime:
        """Return the time of the fence."""
        return datetime.fromisoformat(self.fenced_at)


def all_fences(migration: Migration) -> list[Fence]:
    """Return the last fence of each direction, the most recent first."""
    fences = [
        Fence(direction, checkpoint.facts["fenced_at"], checkpoint.execution, checkpoint.facts["slots"])
        for direction in (FORWARD, REVERSE)
        if (checkpoint := migration.checkpoints.read(direction.fence_step)) is not None
    ]
    return sorted(fences, key=lambda fence: fence.time, reverse=True)


def latest_fence(migration: Migration) -> Fence | None:
    """Return the most recent fence in either direction, also one that was revoked, or None."""
    return next(iter(all_fences(migration)), None)


def current_fence(migration: Migration, direction: Direction) -> Fence:
    """Return the fence in effect; raise `PreconditionFailed` unless it fences the outgoing writer of `direction`."""
    fence = latest_fence(migration)
    writer = migration.parameters.writer()
    if fence is None or fence.direction != direction or writer is not Writer.FENCED:
        raise PreconditionFailed(f"the {direction.outgoing_writer.value} is not fenced: the writer is {writer.value}")
    return fence


def present_fence(migration: Migration) -> Fence:
    """Return the fence in effect in either direction; raise `PreconditionFailed` if neither side is fenced."""
    fence = latest_fence(migration)
    writer = migration.parameters.writer()
    if fence is None or writer is not Writer.FENCED:
        raise PreconditionFailed(f"neither side is fenced: the writer is {writer.value}")
    return fence


def deadline(migration: Migration, fence: Fence) -> Deadline:
    """Return the time until which the steps behind `fence` may run."""
    # In the forward direction the timeout counts from the fence: after it, the rollback unfences the source.
    # In the reverse direction there is no other side to return to, so that each attempt has the whole timeout.
    since = fence.time if fence.direction.is_forward else None
    return migration.clock.deadline(migration.settings.fence_timeout_seconds, since)


def checkpoint(migration: Migration, fence: Fence, step: str) -> Checkpoint | None:
    """Return the checkpoint of `step` behind `fence`, or None if the step has not run since."""
    latest = migration.checkpoints.read(step)
    return latest if latest is not None and latest.facts.get("fence") == fence.fenced_at else None


def require_checkpoint(migration: Migration, fence: Fence, step: str) -> Checkpoint:
    """Return the checkpoint of `step` behind `fence`; raise `PreconditionFailed` if there is none."""
    found = checkpoint(migration, fence, step)
    if found is None:
        raise PreconditionFailed(f"the step {step} has not run since the fence of {fence.fenced_at}")
    return found


def write_checkpoint(migration: Migration, fence: Fence, step: str, facts: Mapping[str, Any]) -> Checkpoint:
    """Write the checkpoint of `step` behind `fence`."""
    return migration.checkpoints.write(step, migration.execution, {"fence": fence.fenced_at, **facts})
