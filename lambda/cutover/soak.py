"""`begin_soak`: the soak begins."""

from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover.migration import Migration


def begin_soak(migration: Migration) -> dict[str, str]:
    """The soak begins: the target is the writer, the source follows it, and going back loses nothing."""
    if migration.parameters.writer() is not Writer.TARGET:
        raise PreconditionFailed(
            f"the writer is {migration.parameters.writer().value}; the target must be it to finish"
        )
    checkpoint = migration.checkpoints.read("soak")
    if checkpoint is None or checkpoint.execution != migration.execution:
        weight = migration.parameters.weight()
        migration.tell(
            f"{migration.settings.workflow}: soaking",
            f"The target is the writer and the source follows it; {weight} % of the traffic is on the new side.\n"
            "Rolling back loses nothing until the phase `production` is applied.",
        )
        migration.checkpoints.write("soak", migration.execution, {"weight": weight})
    return {"state": "soaking"}
