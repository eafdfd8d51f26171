"""Obstacles of a fence, found while nothing has changed: writers that it would not stop, and what would prevent it."""

from collections.abc import Iterator

from cutover import application_access
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from migration.replication import Replication, Side

_PREPARED_SECONDS = 5.0  # an application that uses two-phase commits always has short ones


def fence_obstacles(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin) -> Iterator[str]:
    """Yield each obstacle of a fence of `side`, as a predicate whose subject is the side."""
    yield from application_access.unfenced_writers(migration, replication, side, admin)
    users = application_access.application_users(migration, replication, side, admin)
    yield from admin.accounts.missing_fence_privileges(users)
    pending = _pending_transactions(migration, admin)
    if pending:
        yield (
            f"has the prepared transactions {', '.join(sorted(pending))}, which can be committed behind the fence:"
            " commit them or roll them back"
        )


def _pending_transactions(migration: Migration, admin: DatabaseAdmin) -> set[str]:
    """Return the prepared transactions that do not end within some seconds."""
    pending = {*admin.accounts.prepared_transactions()}

    def have_ended() -> bool:
        pending.intersection_update(admin.accounts.prepared_transactions())
        return not pending

    if pending:
        migration.clock.deadline(_PREPARED_SECONDS).poll_until(have_ended)
    return pending
