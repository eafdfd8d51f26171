"""Errors of a task, by their effect on it."""

from local_aws.dms_data_plane.changes import Change, TableName


class FatalError(Exception):
    """Ends the task as failed."""


class ConnectionLost(Exception):
    """A recoverable error: the task retries as its settings say."""


class ApplyError(Exception):
    """The target does not have the row that the change expects, or has it already."""

    def __init__(self, change: Change, statement: str, message: str) -> None:
        """Keep the change for `awsdms_apply_exceptions`."""
        super().__init__(f"{change.verb} of {change.table}: {message}")
        self.change = change
        self.statement = statement
        self.message = message


class TableError(Exception):
    """A table cannot be loaded or written."""

    def __init__(self, table: TableName, message: str) -> None:
        """Keep the table for its state."""
        super().__init__(f"{table}: {message}")
        self.table = table


class TaskStopped(Exception):
    """The task was requested to stop."""
