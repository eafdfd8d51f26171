"""The two ways of a crossing. Forward and back are the same steps with the sides exchanged."""

from dataclasses import dataclass

from common.parameters import Writer
from migration.replication import Replication, Side


@dataclass(frozen=True)
class Way:
    """A crossing from the side that gives up writing to the side that takes it over.

    `fence_source`, `drain_source`, `validate`, `stop`, `open` and `follow` name the steps' checkpoints. The marker's
    name differs by way, so that the row of one crossing never passes for the other's.
    """

    name: str
    giver: Writer
    taker: Writer
    fence: str
    drain: str
    stop: str
    open: str
    follow: str

    @property
    def is_forward(self) -> bool:
        """From source to target."""
        return self.giver is Writer.SOURCE

    @property
    def marker(self) -> str:
        """The id of this way's marker row."""
        return f"drain-{self.name}"

    def giving(self, replication: Replication) -> Side:
        """The side that is fenced."""
        return replication.source if self.is_forward else replication.target

    def taking(self, replication: Replication) -> Side:
        """The side that is opened."""
        return replication.target if self.is_forward else replication.source

    def carriers(self, replication: Replication) -> tuple[str, ...]:
        """The tasks that may carry rows this way, newest first."""
        tasks = replication.tasks
        return (tasks.forward, tasks.load) if self.is_forward else (tasks.reverse,)

    def carrier_slot(self, replication: Replication) -> str:
        """The slot on the giver that this way's CDC task reads."""
        return replication.forward_slot if self.is_forward else replication.reverse_slot

    def follower(self, replication: Replication) -> str:
        """The task that runs the other way once the crossing is done."""
        return replication.tasks.reverse if self.is_forward else replication.tasks.forward

    def follower_slot(self, replication: Replication) -> str:
        """The slot on the taker that the follower starts from."""
        return replication.reverse_slot if self.is_forward else replication.forward_slot


FORWARD = Way(
    name="forward",
    giver=Writer.SOURCE,
    taker=Writer.TARGET,
    fence="fence_source",
    drain="drain_source",
    stop="stop_source_tasks",
    open="promote_target",
    follow="start_reverse_replication",
)
BACK = Way(
    name="back",
    giver=Writer.TARGET,
    taker=Writer.SOURCE,
    fence="fence_target",
    drain="drain_target",
    stop="stop_target_tasks",
    open="promote_source",
    follow="start_forward_replication",
)
