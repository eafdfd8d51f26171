"""Replication slots that exist before a fence, because their creation waits for every open transaction of the server.

An abandoned slot fills the disk of its server.
"""

from common import log
from common.errors import DatabaseFailure, PreconditionFailed
from common.parameters import Writer
from cutover.migration import Migration
from migration.replication import Replication, Side

_MAX_SECONDS = 30.0


def create(migration: Migration, side: Side, slot: str) -> None:
    """Create `slot`; raise `DatabaseFailure` if it takes too long."""
    seconds = min(_MAX_SECONDS, migration.settings.fence_timeout_seconds)
    with migration.admin_session(side, timeout=seconds) as admin:
        admin.changes.create_slot(slot)


def refusal(writer: Writer, replication: Replication, slot: str, error: DatabaseFailure) -> PreconditionFailed:
    """Return the error of a fence that is refused because `slot` cannot be created on the side of `writer`."""
    return PreconditionFailed(
        f"the slot {slot} cannot be created on the {writer.value} of {replication.name}, probably because a transaction"
        f" of the server is open: {error}"
    )


def discard(migration: Migration, side: Side, slot: str) -> None:
    """Drop `slot`. A side that cannot be reached must not prevent that the other one accepts writes."""
    try:
        with migration.admin_session(side) as admin:
            admin.changes.drop_slot(slot)
    except DatabaseFailure as error:
        log.error("slot-not-dropped", slot=slot, cause=str(error))
