"""The replication tasks of Database Migration Service, as programs see them.

Statuses are DMS's own words (API reference, ReplicationTask and TableStatistics).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def state(client: "DatabaseMigrationServiceClient", arn: str) -> TaskState:
    """The task's state now; raises `ReplicationFailed` where there is no such task."""
    found = client.describe_replication_tasks(
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


def statistics(client: "DatabaseMigrationServiceClient", arn: str) -> Statistics:
    """The table statistics of a task, added up."""
    pages = client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=arn)
    return _sum([table for page in pages for table in page.get("TableStatistics", [])])


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
