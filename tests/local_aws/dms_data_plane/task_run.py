"""The state of a task, which outlives its runs and which its descriptions show with a delay."""

from dataclasses import dataclass, field

from local_aws.dms_data_plane.changes import TableName
from local_aws.dms_data_plane.table_statistics import TableStatistics

FATAL = "Stop Reason FATAL_ERROR Error Level FATAL"
STOPPED_BY_USER = "Stop Reason STOPPED_BY_USER"
LOAD_FINISHED = "Stop Reason FULL_LOAD_ONLY_FINISHED"


@dataclass
class TaskRun:
    """The state of a task."""

    status: str = "ready"
    stop_reason: str = ""
    last_failure: str = ""
    runs: int = 0
    """The number of starts."""
    tables: dict[TableName, TableStatistics] = field(default_factory=dict)
    own_slot: str | None = None
    """The slot that the task created on its source."""
    position: str | None = None
    """The position after the last applied transaction, from which the task resumes."""
    load_end: str | None = None
    """The position after the full load; changes before it may be in the loaded rows already."""
    is_loaded: bool = False
    described_statistics: int = 0
    _described_status: str = "ready"
    _stale_descriptions: int = 0

    def change(self, status: str, stale_descriptions: int) -> None:
        """Begin a transition, which the next descriptions do not show yet."""
        self._stale_descriptions = stale_descriptions
        self._described_status = self.status
        self.status = status

    def describe(self) -> str:
        """Return the status of the next description."""
        if self._stale_descriptions:
            self._stale_descriptions -= 1
            return self._described_status
        return self.status

    def begin(self) -> None:
        """Begin a run."""
        self.runs += 1
        self.described_statistics, self.stop_reason, self.last_failure = 0, "", ""

    def fail(self, message: str) -> None:
        """End a run with an error."""
        self.status, self.stop_reason, self.last_failure = "failed", f"{FATAL} {message}", message
