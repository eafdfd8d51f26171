"""Directions of a switchover: forward for the cutover, reverse for the rollback.

Both directions take the same steps, with source and target exchanged.
"""

from dataclasses import dataclass

from common.parameters import Writer
from migration.replication import Replication, Side


@dataclass(frozen=True)
class Direction:
    """A switchover from the outgoing writer to the incoming writer.

    The fields that end in `_step` name the checkpoints of the steps. Those of the two directions have different
    names, so that those of one switchover never count for the other.
    """

    name: str
    outgoing_writer: Writer
    incoming_writer: Writer
    fence_step: str
    drain_step: str
    stop_step: str
    promote_step: str
    replicate_step: str
    resume_step: str
    resumption_marker_step: str

    @property
    def is_forward(self) -> bool:
        """Return whether the source is the outgoing writer."""
        return self.outgoing_writer is Writer.SOURCE

    @property
    def opposite(self) -> "Direction":
        """Return the other direction."""
        return REVERSE if self.is_forward else FORWARD

    def outgoing_side(self, replication: Replication) -> Side:
        """Return the side that is fenced."""
        return replication.source if self.is_forward else replication.target

    def incoming_side(self, replication: Replication) -> Side:
        """Return the side that is promoted."""
        return replication.target if self.is_forward else replication.source

    def outbound_tasks(self, replication: Replication) -> tuple[str, ...]:
        """Return the tasks that can replicate from the outgoing to the incoming side, the newest first."""
        tasks = replication.tasks
        return (tasks.forward, tasks.load) if self.is_forward else (tasks.reverse,)

    def outbound_slot(self, replication: Replication) -> str:
        """Return the replication slot on the outgoing side that the CDC-only outbound task reads."""
        return replication.forward_slot if self.is_forward else replication.reverse_slot

    def audit_slot(self, replication: Replication) -> str:
        """Return the replication slot on the outgoing side that no task reads: the audit of its writes."""
        return f"{self.outbound_slot(replication).rpartition('_')[0]}_aud"

    def opposite_task(self, replication: Replication) -> str:
        """Return the task that replicates from the incoming to the outgoing side after the switchover."""
        return replication.tasks.reverse if self.is_forward else replication.tasks.forward

    def opposite_slot(self, replication: Replication) -> str:
        """Return the replication slot on the incoming side that the opposite task reads."""
        return replication.reverse_slot if self.is_forward else replication.forward_slot


FORWARD = Direction(
    name="forward",
    outgoing_writer=Writer.SOURCE,
    incoming_writer=Writer.TARGET,
    fence_step="fence_source",
    drain_step="drain_source",
    stop_step="stop_source_tasks",
    promote_step="promote_target",
    replicate_step="start_reverse_replication",
    resume_step="resume_source_tasks",
    resumption_marker_step="mark_source_resumption",
)
REVERSE = Direction(
    name="reverse",
    outgoing_writer=Writer.TARGET,
    incoming_writer=Writer.SOURCE,
    fence_step="fence_target",
    drain_step="drain_target",
    stop_step="stop_target_tasks",
    promote_step="promote_source",
    replicate_step="start_forward_replication",
    resume_step="resume_target_tasks",
    resumption_marker_step="mark_target_resumption",
)
