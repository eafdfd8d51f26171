"""The decision of a fence: whether the incoming side is promoted, or the fence is revoked.

A decision is one object in the checkpoint bucket. S3 accepts the first of several conditional writes, so that it never
changes. It is written before the application's logins are allowed on either side: a promotion and the operation that
undoes its fence cannot both allow them, even if the database that holds their lock is lost.
"""

from enum import Enum

from common.errors import PreconditionFailed
from cutover import fences
from cutover.fences import Fence
from cutover.migration import Migration


class Decision(Enum):
    """The outcome of a fence."""

    PROMOTE = "promote"
    """The incoming side may become the writer."""
    REVOKE = "revoke"
    """The outgoing side becomes the writer again."""


def find_decision(migration: Migration, fence: Fence) -> Decision | None:
    """Return the decision of `fence`, or None if there is none yet."""
    value = migration.checkpoints.get(_key(migration, fence))
    return None if value is None else Decision(value["decision"])


def decide(migration: Migration, fence: Fence, proposed: Decision) -> Decision:
    """Record `proposed` unless `fence` has a decision; return the decision of `fence`."""
    value = {"decision": proposed.value, "at": migration.clock.now().isoformat(), "execution": migration.execution}
    if migration.checkpoints.put_once(_key(migration, fence), value):
        return proposed
    # The recorded one may be the same: an earlier attempt of this call, whose response was lost.
    recorded = find_decision(migration, fence)
    if recorded is None:
        raise PreconditionFailed(f"the decision of the fence of {fence.fenced_at} was deleted from the bucket")
    return recorded


def require_promotion(migration: Migration, fence: Fence) -> None:
    """Decide to promote the incoming side; raise `PreconditionFailed` if the fence was revoked."""
    _require_not_revoked(fence, decide(migration, fence, Decision.PROMOTE))


def require_not_revoked(migration: Migration, fence: Fence) -> None:
    """Raise `PreconditionFailed` if the fence was revoked."""
    _require_not_revoked(fence, find_decision(migration, fence))


def latest_unrevoked_fence(migration: Migration) -> Fence | None:
    """Return the most recent fence that was not revoked: it belongs to the present writer, if none is fenced."""
    for fence in fences.all_fences(migration):
        if find_decision(migration, fence) is not Decision.REVOKE:
            return fence
    return None


def _require_not_revoked(fence: Fence, decision: Decision | None) -> None:
    if decision is Decision.REVOKE:
        outgoing = fence.direction.outgoing_writer.value
        raise PreconditionFailed(f"the fence of {fence.fenced_at} was revoked: the {outgoing} accepts writes again")


def _key(migration: Migration, fence: Fence) -> str:
    workflow = migration.settings.migration_name
    return f"checkpoints/{workflow}/decisions/{fence.direction.name}-{fence.time:%Y%m%dT%H%M%S.%f}.json"
