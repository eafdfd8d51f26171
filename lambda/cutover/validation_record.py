"""The record of the final validation, which decides whether the incoming side may be promoted."""

from collections.abc import Mapping
from typing import Any

from common.errors import PreconditionFailed
from cutover import fences
from cutover.fences import Fence
from cutover.migration import Migration

_STEP = "final_validation"
_DIFFERENCES = "differences"


def passed(migration: Migration, fence: Fence) -> Mapping[str, Any] | None:
    """Return the facts of a final validation behind `fence` that found no difference, or None."""
    checkpoint = fences.checkpoint(migration, fence, _STEP)
    return None if checkpoint is None or checkpoint.facts[_DIFFERENCES] else checkpoint.facts


def differences(migration: Migration, fence: Fence) -> list[str]:
    """Return the differences that the last final validation behind `fence` found."""
    checkpoint = fences.checkpoint(migration, fence, _STEP)
    return [] if checkpoint is None else list(checkpoint.facts[_DIFFERENCES])


def require_passed(migration: Migration, fence: Fence) -> None:
    """Raise `PreconditionFailed` unless the final validation behind `fence` has passed."""
    fences.require_checkpoint(migration, fence, _STEP)
    found = differences(migration, fence)
    if found:
        raise PreconditionFailed(f"the last final_validation found differences in {', '.join(found)}")


def write(migration: Migration, fence: Fence, found: list[str], facts: Mapping[str, Any]) -> None:
    """Record a final validation that found these differences, and read what `facts` contains."""
    fences.write_checkpoint(migration, fence, _STEP, {_DIFFERENCES: found, **facts})
