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
    slots: dict[str, list[str]] = {}
    for replication in migration.settings.replications:
        found = await_in_use(migration, replication)
        if found is None:
            raise PreconditionFailed(
                f"the full-load task of {replication.name} has read from no slot of the source for {_WAIT_SECONDS:g} s:"
                " it has lost its connection"
            )
        slots[replication.name] = found
    return slots


def await_in_use(migration: Migration, replication: Replication) -> list[str] | None:
    """Return the slots in use on the source; None if a running load task reads from none for a while."""
    users = migration.replication_users(replication.source)
    task = active_forward_task(migration, replication)
    needs_slot = task.arn == replication.tasks.load and task.active
    with migration.admin_session(replication.source) as source:
        if source.changes.free_slots() is None:
            return []
        found: list[str] = []

        def is_in_use() -> bool:
            found[:] = source.changes.slots_in_use_by(users)
            return bool(found) or not needs_slot

        return found if migration.clock.deadline(_WAIT_SECONDS).poll_until(is_in_use, pause=1) else None
