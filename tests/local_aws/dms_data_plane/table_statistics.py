"""Table statistics: the rows of DescribeTableStatistics."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from local_aws.dms_data_plane.changes import Change, TableName, Verb

_COUNTERS = {Verb.INSERT: "Inserts", Verb.UPDATE: "Updates", Verb.DELETE: "Deletes", Verb.TRUNCATE: "Ddls"}

BEFORE_LOAD, FULL_LOAD, COMPLETED, ERROR = "Before load", "Full load", "Table completed", "Table error"


@dataclass
class TableStatistics:
    """The statistics of one table."""

    table: TableName
    state: str
    validation_state: str = "Not enabled"
    full_load_rows: int = 0
    captured: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    pending: int = 0
    failed: int = 0
    suspended: int = 0
    updated_at: float = field(default_factory=time.time)

    def count(self, change: Change) -> None:
        """Count a change that the task has applied."""
        name = _COUNTERS[change.verb]
        self.captured[name] += 1
        self.applied[f"Applied{name}"] += 1
        self.updated_at = time.time()

    def to_dict(self) -> dict[str, Any]:
        """Return the row as the API does."""
        names = _COUNTERS.values()
        return {
            "SchemaName": self.table.schema,
            "TableName": self.table.name,
            "TableState": self.state,
            **{name: self.captured[name] for name in names},
            **{f"Applied{name}": self.applied[f"Applied{name}"] for name in names},
            "FullLoadRows": self.full_load_rows,
            "LastUpdateTime": self.updated_at,
            "ValidationState": self.validation_state,
            "ValidationPendingRecords": self.pending,
            "ValidationFailedRecords": self.failed,
            "ValidationSuspendedRecords": self.suspended,
        }
