"""The two ends of a task, for each database engine."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from local_aws.dms_data_plane.changes import Row, TableName, Transaction
from local_aws.dms_data_plane.errors import ApplyError

Position = tuple[int, int]
"""A position in the change log that can be compared."""

Tolerance = Callable[[str, ApplyError], bool]
"""Returns whether the transaction at a position is applied without the change that failed."""


class Source(Protocol):
    """A database from which a task reads. Each operation raises `ConnectionLost` if the server is away."""

    def log_in(self) -> None:
        """Open and close a session."""

    def connect(self) -> None:
        """Open the session for the other operations."""

    def close(self) -> None:
        """Close all sessions."""

    def tables(self) -> list[TableName]:
        """Return all tables."""

    def key(self, table: TableName) -> tuple[str, ...]:
        """Return the columns of the primary key."""

    def rows(self, table: TableName) -> Iterator[Row]:
        """Return the rows of a table."""

    def open_transactions(self) -> set[str]:
        """Return the identifiers of the open transactions that hold the start of a task back."""

    def begin_capture(self, slot: str) -> str:
        """Make the server retain all later changes, in `slot` if it has slots; return the present position."""

    def end_position(self) -> str:
        """Return the end of the change log."""

    def require_position(self, slot: str, position: str | None) -> str:
        """Return the position from which the log is read; raise `FatalError` if it has no `slot` or no `position`."""

    def transactions(self, slot: str, position: str) -> Iterator[Transaction | None]:
        """Return the transactions after `position` as they are committed, and None while there is no new one."""

    def acknowledge(self, position: str) -> None:
        """Allow the server to discard the log before `position`."""

    def drop_slot(self, slot: str) -> None:
        """Drop a slot, if the server has slots and this one."""

    def write_heartbeat(self) -> None:
        """Write the heartbeat table, if the endpoint enables it."""

    def order(self, position: str) -> Position:
        """Return a position in a form that can be compared."""


class Target(Protocol):
    """A database to which a task writes. Each operation raises `ConnectionLost` if the server is away."""

    def log_in(self) -> None:
        """Open and close a session."""

    def connect(self) -> None:
        """Open the session for the other operations, and create the control tables."""

    def close(self) -> None:
        """Close the session."""

    def truncate(self, table: TableName) -> None:
        """Delete all rows of a table."""

    def load(self, table: TableName, rows: Iterable[Row]) -> int:
        """Insert the rows of a table, and return their number."""

    def rows(self, table: TableName) -> Iterator[Row]:
        """Return the rows of a table."""

    def apply(self, replicated: Transaction, tolerates: Tolerance) -> list[ApplyError]:
        """Apply a transaction, without the changes that fail and are tolerated; return their errors.

        Raise `ApplyError` for a failure that is not tolerated; then the transaction has no effect.
        """

    def applied_position(self) -> str | None:
        """Return the position of the last applied transaction, if the recovery table stores it."""

    def forget_position(self) -> None:
        """Delete the position from the recovery table, because the task starts afresh."""

    def record_exception(self, error: ApplyError) -> None:
        """Write a row of `awsdms_apply_exceptions`."""

    def record_status(self, status: str, position: str) -> None:
        """Write the row of `awsdms_status`, if enabled."""

    def record_suspension(self, table: TableName, reason: str) -> None:
        """Write a row of `awsdms_suspended_tables`, if enabled."""

    def record_validation_failure(self, table: TableName, key: str, kind: str) -> None:
        """Write a row of `awsdms_validation_failures_v1`."""
