"""Low watermarks: markers that prove that a replication began at its start position, and so lost no change.

`promote` writes one on the incoming side, between the start position of the opposite replication and the first login
of the application. A later marker arrives also if DMS began later, for instance because it recreated the slot. The same
applies to a task that is resumed, so each resumption is preceded by a low watermark of its own.
"""

from common.errors import ReplicationFailed
from cutover.direction import Direction
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from migration.checkpoints import Checkpoint
from migration.replication import Replication

LOW_WATERMARK = "low-watermark"
"""The purpose of the markers."""


def blocker(
    migration: Migration, direction: Direction, replication: Replication, outgoing: DatabaseAdmin
) -> str | None:
    """Return the reason why the replication that follows the last switchover in `direction` lost changes, or None.

    `outgoing` is the side that this switchover fenced, which receives the changes. A marker that was written later
    must have arrived there.
    """
    for marker in _markers(migration, direction, replication):
        if not outgoing.markers.has_arrived(marker):
            return (
                f"the replication of {replication.name} from the {direction.incoming_writer.value} did not begin at its"
                f" start position: the {direction.outgoing_writer.value} lacks the low watermark {marker}, and maybe"
                " payments"
            )
    return None


def require(
    migration: Migration, direction: Direction, replication: Replication, outgoing: DatabaseAdmin, wait_seconds: float
) -> None:
    """Raise `ReplicationFailed` if the replication that follows the last switchover in `direction` lost changes.

    Wait for the low watermark, unless a later marker has arrived.
    """
    deadline = migration.clock.deadline(wait_seconds)
    if not deadline.poll_until(lambda: blocker(migration, direction, replication, outgoing) is None):
        raise ReplicationFailed(blocker(migration, direction, replication, outgoing))


def write_before_resumption(migration: Migration, direction: Direction, replication: Replication) -> None:
    """Write a low watermark on the outgoing side before a task resumes the replication from there."""
    promotion = migration.checkpoints.read(direction.opposite.promote_step)
    markers = _resumption_markers(migration, direction, promotion)
    with migration.admin_session(direction.outgoing_side(replication)) as outgoing:
        own = [*markers.get(replication.name, ()), outgoing.markers.write(LOW_WATERMARK)]
    facts = {"promotion": _fence_of(promotion), "markers": {**markers, replication.name: own}}
    migration.checkpoints.write(direction.resumption_marker_step, migration.execution, facts)


def _markers(migration: Migration, direction: Direction, replication: Replication) -> list[str]:
    """Return the low watermarks of the replication that follows the last switchover in `direction`."""
    promotion = migration.checkpoints.read(direction.promote_step)
    first = None if promotion is None else promotion.facts["low_watermarks"].get(replication.name)
    later = _resumption_markers(migration, direction.opposite, promotion).get(replication.name, [])
    return later if first is None else [first, *later]


def _resumption_markers(
    migration: Migration, direction: Direction, promotion: Checkpoint | None
) -> dict[str, list[str]]:
    """Return the low watermarks of tasks of `direction` that were resumed since `promotion`, by replication."""
    recorded = migration.checkpoints.read(direction.resumption_marker_step)
    if recorded is None or recorded.facts["promotion"] != _fence_of(promotion):
        return {}
    return dict(recorded.facts["markers"])


def _fence_of(promotion: Checkpoint | None) -> str | None:
    return None if promotion is None else str(promotion.facts["fence"])
