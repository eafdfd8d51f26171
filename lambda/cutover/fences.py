"""Which fence stands, and what was done behind it.

Every checkpoint of a crossing carries the fence's instant. A checkpoint of an earlier crossing, which the
bucket still holds under the same name, is so never taken for this one's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover.migration import Migration
from cutover.ways import BACK, FORWARD, Way
from migration.checkpoints import Checkpoint


@dataclass(frozen=True)
class Fence:
    """A fence by the instant it was closed; `at` is text so that it compares as it was written."""

    way: Way
    at: str

    @property
    def instant(self) -> datetime:
        """When it was closed."""
        return datetime.fromisoformat(self.at)


def last(migration: Migration) -> Fence | None:
    """The fence that was closed last, whichever way."""
    found = [
        Fence(way, checkpoint.facts["fenced_at"])
        for way in (FORWARD, BACK)
        if (checkpoint := migration.checkpoints.read(way.fence)) is not None
    ]
    return max(found, key=lambda fence: fence.instant, default=None)


def standing(migration: Migration, way: Way) -> Fence:
    """The fence of `way` that stands now; raises `PreconditionFailed` when another one does, or none."""
    fence = last(migration)
    writer = migration.parameters.writer()
    if fence is None or fence.way != way or writer is not Writer.FENCED:
        raise PreconditionFailed(f"the {way.giver.value} is not fenced: the writer is {writer.value}")
    return fence


def done(migration: Migration, fence: Fence, step: str) -> Checkpoint | None:
    """The checkpoint of `step`, if the step was taken behind this fence."""
    checkpoint = migration.checkpoints.read(step)
    return checkpoint if checkpoint is not None and checkpoint.facts.get("fence") == fence.at else None


def require(migration: Migration, fence: Fence, step: str) -> Checkpoint:
    """The same, but the step must have been taken."""
    checkpoint = done(migration, fence, step)
    if checkpoint is None:
        raise PreconditionFailed(f"{step} was not done since the fence of {fence.at}")
    return checkpoint


def note(migration: Migration, fence: Fence, step: str, facts: Mapping[str, Any]) -> Checkpoint:
    """Write `step`'s checkpoint behind this fence."""
    return migration.checkpoints.write(step, migration.execution, {"fence": fence.at, **facts})
