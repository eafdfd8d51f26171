"""The operation `begin_soak`: the soak after the cutover."""

from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover import reverse_replication
from cutover.migration import Migration

_STEP = "soak"


def begin_soak(migration: Migration) -> dict[str, str]:
    """Record and announce the soak, in which reverse replication keeps the rollback lossless.

    Raise `ReplicationFailed` if it does not: hours may have passed since it was started.
    """
    writer = migration.parameters.writer()
    if writer is not Writer.TARGET:
        raise PreconditionFailed(f"the writer is {writer.value}; the soak begins after the target is promoted")
    reverse_replication.require_caught_up(migration)
    checkpoint = migration.checkpoints.read(_STEP)
    if checkpoint is None or checkpoint.execution != migration.execution:
        weight = migration.parameters.weight()
        migration.notify(
            f"{migration.settings.migration_name}: soaking",
            f"The target is the writer, and the source receives its changes; the new side receives {weight} % of the"
            " traffic.\nA rollback loses no data until the phase `production` is applied.",
        )
        migration.checkpoints.write(_STEP, migration.execution, {"weight": weight})
    return {"state": "soaking"}
