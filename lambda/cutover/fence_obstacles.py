"""Obstacles of a fence, found while nothing has changed: writers that it would not stop, and what would prevent it."""

from collections.abc import Iterator

from cutover import application_access
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from cutover.premigration_rule import Problem
from cutover.prepared_transactions import pending_transactions
from migration.replication import Replication, Side


def fence_obstacles(
    migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin
) -> Iterator[Problem]:
    """Yield each obstacle of a fence of `side`, as a predicate whose subject is the side."""
    yield from application_access.unfenced_writers(migration, replication, side, admin)
    users = application_access.application_users(migration, replication, side, admin)
    yield from admin.accounts.missing_fence_privileges(users)
    yield from pending_transactions(migration.clock, admin)
