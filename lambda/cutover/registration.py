"""Registration of the migration in progress: one at a time, and only its failure starts a rollback."""

from datetime import datetime

from common import log
from common.errors import MigrationInProgress
from common.parameters import Writer
from cutover import fences
from cutover.abandonment import ABANDON_STEP
from cutover.initialize import INITIALIZE_STEP
from cutover.migration import Migration
from cutover.rehearsal import END_REHEARSAL_STEP
from migration.checkpoints import Checkpoint

_STEP, _REJECT_STEP, _WITHDRAW_STEP = "begin_migration", "record_rejection", "withdraw_migration"
_END_STEPS = ("record_rollback", ABANDON_STEP, END_REHEARSAL_STEP, _WITHDRAW_STEP)


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

    An execution that was refused, and an event that arrives during the next migration, must not move the writer. A
    migration that failed before the end of `initialize` has changed nothing: it ends here, without a rollback.
    """
    registered = migration.checkpoints.read(_STEP)
    if registered is not None and is_in_progress(migration):
        if _has_run(migration, registered, INITIALIZE_STEP):
            return {"state": "current"}
        migration.checkpoints.write(_WITHDRAW_STEP, migration.execution, {})
    log.warning("rollback-request-ignored", execution=migration.execution)
    return {"state": "other"}


def is_in_progress(migration: Migration) -> bool:
    """Return whether a failed execution belongs to the registered migration, which an operator has not fenced since.

    An operator who has rejected its rollback decides alone from then on.
    """
    registered = migration.checkpoints.read(_STEP)
    if registered is None or migration.execution not in _names(registered):
        return False
    if any(_has_run(migration, registered, step) for step in (*_END_STEPS, _REJECT_STEP)):
        return False
    fence = fences.latest_fence(migration)
    return fence is None or fence.time < _begun_at(registered) or fence.execution in _names(registered)


def record_rejection(migration: Migration) -> dict[str, str]:
    """Record that an operator has rejected the rollback, so that no other one is started for this migration."""
    registered = migration.checkpoints.read(_STEP)
    if registered is not None and migration.execution in _names(registered):
        migration.checkpoints.write(_REJECT_STEP, migration.execution, {})
    log.warning("rollback-rejected", execution=migration.execution)
    return {"state": "rejected"}


def require_none_in_progress(migration: Migration) -> None:
    """Raise `MigrationInProgress` if the source is not the writer, or the registered migration has not ended."""
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise MigrationInProgress(f"the writer is {writer.value}; a migration begins while the source is the writer")
    registered = migration.checkpoints.read(_STEP)
    if registered is not None and not any(_has_run(migration, registered, step) for step in _END_STEPS):
        raise MigrationInProgress(
            f"the migration {registered.execution} has not ended; stop its execution, and wait for its rollback"
        )


def _has_run(migration: Migration, registered: Checkpoint, step: str) -> bool:
    """Return whether `step` has run since the migration was registered."""
    checkpoint = migration.checkpoints.read(step)
    return checkpoint is not None and datetime.fromisoformat(checkpoint.at) >= _begun_at(registered)


def _begun_at(registered: Checkpoint) -> datetime:
    return datetime.fromisoformat(registered.facts["begun_at"])


def _names(registered: Checkpoint) -> set[str]:
    return {registered.execution, *registered.facts["executions"]}
