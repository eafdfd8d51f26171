"""The operation `end_rehearsal`: the end of an execution that may not shift traffic or fence the source."""

from common import log
from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover.migration import Migration
from cutover.ownership import ownership_status

END_REHEARSAL_STEP = "end_rehearsal"


def end_rehearsal(migration: Migration) -> dict[str, str]:
    """Record the end of the rehearsal, so that the next execution can begin, and notify the operators.

    The replication continues.
    """
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise PreconditionFailed(f"the writer is {writer.value}; a rehearsal ends while the source is the writer")
    owner = ownership_status(migration)["owner"]
    migration.checkpoints.write(END_REHEARSAL_STEP, migration.execution, {"owner": owner})
    settings = migration.settings
    migration.notify(
        f"{settings.migration_name}: rehearsal completed",
        f"Replication and validation succeeded. {settings.environment_identity} does not own the source (owner:"
        f" {owner}), so that neither traffic nor the writer was changed.\n"
        "If this environment will serve payments, run the operation acquire_ownership and start the workflow again.",
    )
    log.info("rehearsal-ended", owner=owner)
    return {"state": "rehearsed"}
