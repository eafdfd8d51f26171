"""The replication users of a source: each environment that reads it has one of its own, which it registers there.

A fence exempts them, and the rotation of one does not lock the other environments out. DMS chooses the names of the
slots of a full load, so that only their user distinguishes them from those of other environments.
"""

from collections.abc import Iterator

from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from database import secrets
from migration.replication import Side


def exempt_users(migration: Migration, side: Side, admin: DatabaseAdmin) -> tuple[str, ...]:
    """Return the replication users of this environment and of all others that read `side`, with their clones."""
    others = admin.environments.replication_users().values()
    own = migration.replication_users(side)
    return (*own, *(name for user in others for name in (user, secrets.clone(user)) if name not in own))


def register(migration: Migration, side: Side, source: DatabaseAdmin) -> None:
    """Register the replication user of this environment in its source."""
    user = migration.replication_users(side)[0]
    source.environments.register(migration.settings.environment_identity, user)


def shared_user(migration: Migration, side: Side, source: DatabaseAdmin) -> Iterator[str]:
    """Yield a finding if another environment has registered the user, as a predicate whose subject is the source."""
    user = migration.replication_users(side)[0]
    for environment, registered in source.environments.replication_users().items():
        if registered == user and environment != migration.settings.environment_identity:
            yield (
                f"has the replication user {user} of {environment}: create a user for each environment, or delete the"
                " row of an environment that was destroyed from paymig_environment"
            )
