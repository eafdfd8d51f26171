"""Start positions of the replication that follows a switchover, in the opposite direction.

A replication slot is created before the fence, since its creation waits for every open transaction of the server.
Behind the fence it only moves to the present position.
"""

from common import log
from common.errors import DatabaseFailure
from cutover import prepared_slots
from cutover.direction import Direction
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from migration.replication import Replication

_FLUSH = "flush"


def prepare(migration: Migration, direction: Direction) -> None:
    """Create the slots on the incoming side, before the fence.

    Raise `PreconditionFailed` if the cutover could not be rolled back. A rollback continues without them: the way back
    must not depend on the replication that follows it.
    """
    for replication in migration.settings.replications:
        slot = direction.opposite_slot(replication)
        try:
            prepared_slots.create(migration, direction.incoming_side(replication), slot)
        except DatabaseFailure as error:
            if direction.is_forward:
                raise prepared_slots.refusal(direction.incoming_writer, replication, slot, error) from error
            log.warning("slot-not-created", replication=replication.name, cause=str(error))


def settle(direction: Direction, replication: Replication, incoming: DatabaseAdmin) -> str | None:
    """Return the start position behind the fence; None if the opposite replication needs a new full load."""
    # On PostgreSQL the commit of this marker flushes the changes that the drained task applied without a flush.
    # Behind the position they would be replicated back.
    incoming.markers.write(_FLUSH)
    slot = direction.opposite_slot(replication)
    try:
        position = incoming.changes.advance_slot(slot)
    except DatabaseFailure as error:
        if direction.is_forward or error.is_connection_failure:
            raise
        log.warning("slot-not-advanced", replication=replication.name, cause=str(error))
        return None
    if position is None and direction.is_forward:
        incoming.changes.create_slot(slot)
        position = incoming.changes.advance_slot(slot)
    return position


def discard(migration: Migration, direction: Direction) -> None:
    """Drop the slots on the incoming side, where the switchover does not take place."""
    for replication in migration.settings.replications:
        slot = direction.opposite_slot(replication)
        prepared_slots.discard(migration, direction.incoming_side(replication), slot)
