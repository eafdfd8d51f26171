"""The replication tasks of Database Migration Service, as the steps move them.

Start types are DMS's own words (API reference, StartReplicationTask).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from common import log
from common.clock import Clock
from common.errors import ReplicationFailed
from migration import dms
from migration.dms import Statistics, TaskState

__all__ = ["Following", "ReplicationTasks", "Statistics", "TaskState"]

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient


@dataclass(frozen=True)
class ReplicationTasks:
    """The tasks by their ARNs."""

    client: "DatabaseMigrationServiceClient"
    clock: Clock

    def state(self, arn: str) -> TaskState:
        """The task's state now."""
        return dms.state(self.client, arn)

    def start(self, arn: str, position: str | None = None) -> None:
        """Start from the beginning, or from `position`: an LSN of the endpoint's slot, or a place in the binary log."""
        log.info("task-started", task=arn, position=position or "")
        if position is None:
            self.client.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="start-replication")
        else:
            self.client.start_replication_task(
                ReplicationTaskArn=arn, StartReplicationTaskType="start-replication", CdcStartPosition=position
            )

    def resume(self, arn: str) -> None:
        """Go on from where the task stopped; its slot must still be there."""
        log.info("task-resumed", task=arn)
        self.client.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="resume-processing")

    def request_stop(self, arn: str) -> None:
        """Ask a running task to stop, and do not wait: DMS takes up to minutes."""
        if self.state(arn).active:
            log.info("task-stop-requested", task=arn)
            self.client.stop_replication_task(ReplicationTaskArn=arn)

    def await_stopped(self, arn: str, seconds: float) -> None:
        """Wait until a task that was asked to stop has done so."""
        late = ReplicationFailed(f"the replication task {arn} did not stop within {seconds:g} s")
        self.clock.deadline(seconds).poll(lambda: self.state(arn).stopped, late, pause=1)

    def statistics(self, arn: str) -> Statistics:
        """The table statistics of a task, added up."""
        return dms.statistics(self.client, arn)


Following = Literal["full-load", "lagging", "caught-up", "failed"]
