"""Replication tasks of Database Migration Service.

Statuses are those of the DMS API reference, `ReplicationTask` and `TableStatistics`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.errors import ReplicationFailed
from migration.tables import MIGRATION_TABLES

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient
    from mypy_boto3_dms.type_defs import TableStatisticsTypeDef

_NOT_STARTED = frozenset({"creating", "ready"})
_ACTIVE = frozenset({"starting", "running"})
_STOPPED = frozenset({"creating", "ready", "stopped", "failed"})
_LOADING = frozenset({"Before load", "Full load", "Table is being reloaded"})


@dataclass(frozen=True)
class TaskState:
    """State of one task, from DescribeReplicationTasks."""

    arn: str
    status: str
    instance: str
    """The ARN of its replication instance."""
    endpoints: tuple[str, str]
    """The ARNs of its source and of its target."""
    progress: int
    stop_reason: str
    tables_errored: int

    @property
    def not_started(self) -> bool:
        """Whether it was created and never started."""
        return self.status in _NOT_STARTED

    @property
    def active(self) -> bool:
        """Whether it replicates or is about to."""
        return self.status in _ACTIVE

    @property
    def stopped(self) -> bool:
        """Whether it accesses no database."""
        return self.status in _STOPPED


@dataclass(frozen=True)
class Statistics:
    """Table statistics of one task, added up."""

    tables: int
    tables_errored: tuple[str, ...]
    tables_loading: int
    validation_failed: int
    validation_pending: int
    validation_suspended: int


def state(client: "DatabaseMigrationServiceClient", arn: str) -> TaskState:
    """Return the current state of a task; raise ReplicationFailed if it does not exist."""
    tasks = client.describe_replication_tasks(
        Filters=[{"Name": "replication-task-arn", "Values": [arn]}], WithoutSettings=True
    )["ReplicationTasks"]
    if not tasks:
        raise ReplicationFailed(f"the replication task {arn} does not exist")
    statistics = tasks[0].get("ReplicationTaskStats", {})
    return TaskState(
        arn=arn,
        status=tasks[0].get("Status", ""),
        instance=tasks[0].get("ReplicationInstanceArn", ""),
        endpoints=(tasks[0].get("SourceEndpointArn", ""), tasks[0].get("TargetEndpointArn", "")),
        progress=int(statistics.get("FullLoadProgressPercent", 0)),
        stop_reason=tasks[0].get("StopReason", ""),
        tables_errored=int(statistics.get("TablesErrored", 0)),
    )


def statistics(client: "DatabaseMigrationServiceClient", arn: str) -> Statistics:
    """Return the table statistics of a task, added up; the validation counts are those of the migrated tables."""
    pages = client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=arn)
    return _sum([table for page in pages for table in page.get("TableStatistics", [])])


def _sum(tables: "list[TableStatisticsTypeDef]") -> Statistics:
    # Each side writes markers that the other one never receives, such as those of a revoked promotion.
    validated = [table for table in tables if table.get("TableName", "") not in MIGRATION_TABLES]
    return Statistics(
        tables=len(tables),
        tables_errored=tuple(
            f"{table.get('SchemaName', '')}.{table.get('TableName', '')}"
            for table in tables
            if table.get("TableState", "") == "Table error"
        ),
        tables_loading=sum(table.get("TableState", "") in _LOADING for table in tables),
        validation_failed=sum(table.get("ValidationFailedRecords", 0) for table in validated),
        validation_pending=sum(table.get("ValidationPendingRecords", 0) for table in validated),
        validation_suspended=sum(table.get("ValidationSuspendedRecords", 0) for table in validated),
    )
