"""The replication tasks of Database Migration Service, as the steps see them.

Statuses and start types are DMS's own words (API reference, ReplicationTask and StartReplicationTask).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from common import log
from common.clock import Clock
from common.errors import ReplicationFailed

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient
    from mypy_boto3_dms.type_defs import TableStatisticsTypeDef

_NEVER_RAN = frozenset({"creating", "ready"})
_RUNS = frozenset({"starting", "running"})
_AT_REST = frozenset({"creating", "ready", "stopped", "failed"})
_LOADING = frozenset({"Before load", "Full load", "Table is being reloaded"})


@dataclass(frozen=True)
class TaskState:
    """What DescribeReplicationTasks says of one task."""

    arn: str
    status: str
    progress: int
    stop_reason: str
    errored: int

    @property
    def never_ran(self) -> bool:
        """It was made and not started yet."""
        return self.status in _NEVER_RAN

    @property
    def runs(self) -> bool:
        """It replicates, or is about to."""
        return self.status in _RUNS

    @property
    def at_rest(self) -> bool:
        """It touches no database."""
        return self.status in _AT_REST


@dataclass(frozen=True)
class Statistics:
    """Sums over the tables of one task."""

    tables: int
    errored: tuple[str, ...]
    loading_now: int
    validation_failed: int
    validation_pending: int
    validation_suspended: int

    @property
    def validated(self) -> bool:
        """Nothing failed, nothing is open, nothing was given up."""
        return self.validation_failed == self.validation_pending == self.validation_suspended == 0


@dataclass(frozen=True)
class ReplicationTasks:
    """The tasks by their ARNs."""

    client: "DatabaseMigrationServiceClient"
    clock: Clock

    def state(self, arn: str) -> TaskState:
        """The task's state now."""
        found = self.client.describe_replication_tasks(
            Filters=[{"Name": "replication-task-arn", "Values": [arn]}], WithoutSettings=True
        )["ReplicationTasks"]
        if not found:
            raise ReplicationFailed(f"there is no replication task {arn}")
        statistics = found[0].get("ReplicationTaskStats", {})
        return TaskState(
            arn=arn,
            status=found[0].get("Status", ""),
            progress=int(statistics.get("FullLoadProgressPercent", 0)),
            stop_reason=found[0].get("StopReason", ""),
            errored=int(statistics.get("TablesErrored", 0)),
        )

    def start(self, arn: str, position: str | None = None) -> None:
        """Start from the beginning, or from `position`: the LSN of the slot that the endpoint names."""
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
        if self.state(arn).runs:
            log.info("task-stop-requested", task=arn)
            self.client.stop_replication_task(ReplicationTaskArn=arn)

    def await_rest(self, arn: str, seconds: float) -> None:
        """Wait until a task that was asked to stop has done so."""
        late = ReplicationFailed(f"the replication task {arn} did not stop within {seconds:g} s")
        self.clock.deadline(seconds).poll(lambda: self.state(arn).at_rest, late, pause=1)

    def statistics(self, arn: str) -> Statistics:
        """The table statistics of a task, added up."""
        pages = self.client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=arn)
        return _sum([table for page in pages for table in page.get("TableStatistics", [])])


Following = Literal["loading", "behind", "caught-up", "failed"]


def _sum(tables: "list[TableStatisticsTypeDef]") -> Statistics:
    return Statistics(
        tables=len(tables),
        errored=tuple(
            f"{table.get('SchemaName', '')}.{table.get('TableName', '')}"
            for table in tables
            if table.get("TableState", "") == "Table error"
        ),
        loading_now=sum(table.get("TableState", "") in _LOADING for table in tables),
        validation_failed=sum(table.get("ValidationFailedRecords", 0) for table in tables),
        validation_pending=sum(table.get("ValidationPendingRecords", 0) for table in tables),
        validation_suspended=sum(table.get("ValidationSuspendedRecords", 0) for table in tables),
    )
