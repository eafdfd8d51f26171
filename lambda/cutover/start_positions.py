"""Start positions of the replication that follows a switchover, in the opposite direction.

A replication slot is created before the fence, since its creation waits for every open transaction of the server.
Behind the fence it only moves to the present position.
"""

from common import log
from common.errors import DatabaseFailure, PreconditionFailed
from cutover.direction import Direction
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from migration.replication import Replication

_MAX_SLOT_SECONDS = 30.0
_FLUSH = "flush"


def prepare(migration: Migration, direction: Direction) -> None:
    """Create the slots on the incoming side, before the fence.

    Raise `PreconditionFailed` without a change if the cutover could not be rolled back. A rollback continues without
    them: the way back must not depend on the replication that follows it.
    """
    for replication in migration.settings.replications:
        try:
            _create_slot(migration, direction, replication)
        except DatabaseFailure as error:
            if direction.is_forward:
                discard(migration, direction)
                raise PreconditionFailed(
                    f"the slot {direction.opposite_slot(replication)} cannot be created on the"
                    f" {direction.incoming_writer.value} of {replication.name}, probably because a transaction of the"
                    f" server is open: {error}"
                ) from error
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
    """Drop the slots on the incoming side, which would fill its disk if the switchover does not take place.

    A side that cannot be reached must not prevent that the other one accepts writes.
    """
    for replication in migration.settings.replications:
        slot = direction.opposite_slot(replication)
        try:
            with migration.admin_session(direction.incoming_side(replication)) as incoming:
                incoming.changes.drop_slot(slot)
        except DatabaseFailure as error:
            log.error("slot-not-dropped", slot=slot, cause=str(error))


def _create_slot(migration: Migration, direction: Direction, replication: Replication) -> None:
    seconds = min(_MAX_SLOT_SECONDS, migration.settings.fence_timeout_seconds)
    with migration.admin_session(direction.incoming_side(replication), timeout=seconds) as incoming:
        incoming.changes.create_slot(direction.opposite_slot(replication))
