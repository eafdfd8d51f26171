"""DMS replication tasks: status, start, resumption and stop.

Start types are those of the DMS API reference, StartReplicationTask.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from common import log
from common.clock import Clock
from common.errors import ReplicationFailed
from migration import dms
from migration.dms import Statistics, TaskState

__all__ = ["ReplicationState", "ReplicationTasks", "Statistics", "TaskState"]

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient

ReplicationState = Literal["full-load", "lagging", "caught-up", "failed"]


@dataclass(frozen=True)
class ReplicationTasks:
    """The replication tasks of a migration, by ARN."""

    client: "DatabaseMigrationServiceClient"
    clock: Clock

    def state(self, arn: str) -> TaskState:
        """Return the present state of a task."""
        return dms.state(self.client, arn)

    def statistics(self, arn: str) -> Statistics:
        """Return the sums of a task's table statistics."""
        return dms.statistics(self.client, arn)

    def start(self, arn: str, position: str | None = None) -> None:
        """Start a task, at `position` if given: an LSN of the endpoint's slot, or a binary log position."""
        log.info("task-started", task=arn, position=position or "")
        if position is None:
            self.client.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="start-replication")
        else:
            self.client.start_replication_task(
                ReplicationTaskArn=arn, StartReplicationTaskType="start-replication", CdcStartPosition=position
            )

    def resume(self, arn: str) -> None:
        """Resume a stopped task, whose slot must still exist."""
        log.info("task-resumed", task=arn)
        self.client.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="resume-processing")

    def request_stop(self, arn: str) -> None:
        """Request that a running task stops, without a wait: DMS takes up to several minutes."""
        if self.state(arn).active:
            log.info("task-stop-requested", task=arn)
            self.client.stop_replication_task(ReplicationTaskArn=arn)

    def await_stopped(self, arn: str, timeout_seconds: float) -> None:
        """Wait until a task has stopped; raise `ReplicationFailed` after the timeout."""
        late = ReplicationFailed(f"the replication task {arn} did not stop within {timeout_seconds:g} s")
        self.clock.deadline(timeout_seconds).poll(lambda: self.state(arn).stopped, late, pause=1)
