"""Low watermarks: markers that prove that a replication began at its start position, and so lost no change.

`promote` writes one on the incoming side, between the start position of the opposite replication and the first login
of the application. A later marker arrives also if DMS began later, for instance because it recreated the slot.
"""

from common.errors import ReplicationFailed
from cutover.direction import Direction
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
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
    promotion = migration.checkpoints.read(direction.promote_step)
    marker = None if promotion is None else promotion.facts["low_watermarks"].get(replication.name)
    if marker is None or outgoing.markers.has_arrived(marker):
        return None
    return (
        f"the replication of {replication.name} from the {direction.incoming_writer.value} did not begin at its start"
        f" position: the {direction.outgoing_writer.value} lacks the low watermark {marker}, and maybe payments"
    )


def require(
    migration: Migration, direction: Direction, replication: Replication, outgoing: DatabaseAdmin, wait_seconds: float
) -> None:
    """Raise `ReplicationFailed` if the replication that follows the last switchover in `direction` lost changes.

    Wait for the low watermark, unless a later marker has arrived.
    """
    deadline = migration.clock.deadline(wait_seconds)
    if not deadline.poll_until(lambda: blocker(migration, direction, replication, outgoing) is None):
        raise ReplicationFailed(blocker(migration, direction, replication, outgoing))
