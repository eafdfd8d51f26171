"""Registration of the migration in progress: one at a time, and only its failure starts a rollback."""

from datetime import datetime

from common import log
from common.errors import MigrationInProgress
from common.parameters import Writer
from cutover import fences
from cutover.abandonment import ABANDON_STEP
from cutover.migration import Migration
from cutover.rehearsal import END_REHEARSAL_STEP
from migration.checkpoints import Checkpoint

_STEP = "begin_migration"


def begin_migration(migration: Migration, state_machine_execution: str) -> dict[str, str]:
    """Register a state machine execution of the migration; raise `MigrationInProgress` if another one is in progress.

    A long migration registers each of its executions before it starts it.
    """
    with migration.writer_lock():
        registered = migration.checkpoints.read(_STEP)
        if registered is not None and registered.execution == migration.execution:
            facts = dict(registered.facts)
        else:
            require_none_in_progress(migration)
            facts = {"begun_at": migration.clock.now().isoformat(), "executions": []}
        if state_machine_execution not in facts["executions"]:
            facts["executions"] = [*facts["executions"], state_machine_execution]
            migration.checkpoints.write(_STEP, migration.execution, facts)
    log.info("migration-begun", execution=state_machine_execution)
    return {"state": "begun"}


def check_rollback_request(migration: Migration) -> dict[str, str]:
    """Return `current` if the failed execution belongs to the migration in progress, and `other` if not.

    An execution that was refused, and an event that arrives during the next migration, must not move the writer.
    """
    registered = migration.checkpoints.read(_STEP)
    if registered is not None and migration.execution in _names(registered):
        fence = fences.latest_fence(migration)
        begun_at = datetime.fromisoformat(registered.facts["begun_at"])
        if fence is None or fence.time < begun_at or fence.execution in _names(registered):
            return {"state": "current"}
    log.warning("rollback-request-ignored", execution=migration.execution)
    return {"state": "other"}


def require_none_in_progress(migration: Migration) -> None:
    """Raise `MigrationInProgress` if the source is not the writer, or the registered migration has not ended."""
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise MigrationInProgress(f"the writer is {writer.value}; a migration begins while the source is the writer")
    registered = migration.checkpoints.read(_STEP)
    if registered is None:
        return
    begun_at = datetime.fromisoformat(registered.facts["begun_at"])
    ends = [migration.checkpoints.read(step) for step in ("record_rollback", ABANDON_STEP, END_REHEARSAL_STEP)]
    if not any(end is not None and datetime.fromisoformat(end.at) >= begun_at for end in ends):
        raise MigrationInProgress(
            f"the migration {registered.execution} has not ended; stop its execution, and wait for its rollback"
        )


def _names(registered: Checkpoint) -> set[str]:
    return {registered.execution, *registered.facts["executions"]}
