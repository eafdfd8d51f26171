"""Errors of the operations.

State machines match an error by the name of its class.
"""


class MigrationError(Exception):
    """An error whose message can be logged: it contains no secret and no value of a row."""


class ValidationFailed(MigrationError):
    """Source and target differ."""


class ReplicationFailed(MigrationError):
    """A replication task stopped, failed, or did not reach the requested state in time."""


class ConnectionTestFailed(MigrationError):
    """DMS could not connect to a database from its replication instance."""


class FenceTimeout(MigrationError):
    """The fence timeout passed before the side was fenced, drained or promoted."""


class AlarmRaised(MigrationError):
    """A guard alarm is in ALARM, or does not exist."""


class TargetUnhealthy(MigrationError):
    """Fewer than half of the targets of the side that gains traffic are healthy."""


class PreconditionFailed(MigrationError):
    """The migration is not in the state that the operation requires."""


class MigrationInProgress(MigrationError):
    """Another migration is in progress, or the source is not the writer; nothing was changed."""


class SourceNotOwned(MigrationError):
    """This environment does not own the source, so it may not fence it or replace it as the writer."""


class PlaceholderSecret(MigrationError):
    """A secret still contains its initial value instead of a credential."""


class SchemaMismatch(MigrationError):
    """The schemas of source and target differ, or have properties that DMS cannot replicate."""


class InvalidSettings(MigrationError):
    """An environment variable is missing or invalid."""


class InvalidEvent(MigrationError):
    """The event names no operation, or its arguments are missing or invalid."""


class DatabaseFailure(MigrationError):
    """A statement failed; `sqlstate` is the reason, with class 08 for a connection that failed."""

    def __init__(self, sqlstate: str, message: str) -> None:
        """Create the error; `message` must not contain values of rows."""
        super().__init__(f"{message} (SQLSTATE {sqlstate})")
        self.sqlstate = sqlstate

    @property
    def is_connection_failure(self) -> bool:
        """Whether the server could not be reached, or was starting or stopping (57P01 to 57P03)."""
        return self.sqlstate.startswith(("08", "57P"))


class ServiceFailure(MigrationError):
    """An AWS service refused a call, or did not respond."""


class Unavailable(Exception):
    """The call may succeed later. The message is the reason, and contains no value of a row."""
