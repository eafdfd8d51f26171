"""The replication slots of the full-load tasks, whose names DMS chooses: they are known while a task reads them."""

from common.errors import PreconditionFailed
from cutover.load_status import active_forward_task
from cutover.migration import Migration
from migration.replication import Replication

_WAIT_SECONDS = 60.0


def require_in_use(migration: Migration) -> dict[str, list[str]]:
    """Return the slots in use on each source; raise `PreconditionFailed` if a running load task reads from none.

    DMS has lost its connection then, and its slot could not be dropped after the cutover.
    """
    return {replication.name: _await_in_use(migration, replication) for replication in migration.settings.replications}


def _await_in_use(migration: Migration, replication: Replication) -> list[str]:
    users = migration.replication_users(replication.source)
    needs_slot = active_forward_task(migration, replication).arn == replication.tasks.load
    found: list[str] = []
    with migration.admin_session(replication.source) as source:
        if source.changes.free_slots() is None:
            return []

        def is_in_use() -> bool:
            found[:] = source.changes.slots_in_use_by(users)
            return bool(found) or not needs_slot

        late = PreconditionFailed(
            f"the full-load task of {replication.name} has read from no slot of the source for {_WAIT_SECONDS:g} s: it"
            " has lost its connection"
        )
        migration.clock.deadline(_WAIT_SECONDS).poll(is_in_use, late, pause=1)
    return found
