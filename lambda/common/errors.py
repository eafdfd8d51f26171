"""The errors that a state machine can name.

Step Functions matches an error by its class name, so the names are a contract with the state machines.
"""


class MigrationError(Exception):
    """What went wrong, in words that may be logged: no secret, no value of a row."""


class ValidationFailed(MigrationError):
    """Source and target do not hold the same data."""


class ReplicationFailed(MigrationError):
    """A replication task stopped, failed, or did not do what it was asked in time."""


class FenceTimeout(MigrationError):
    """The fence could not be closed or drained within its budget."""


class AlarmRaised(MigrationError):
    """An alarm that guards a traffic step is in ALARM, or does not exist."""


class TargetUnhealthy(MigrationError):
    """The side that is to get more traffic is not able to take it."""


class PreconditionFailed(MigrationError):
    """A precondition of the migration's order is not met."""


class PlaceholderSecret(MigrationError):
    """A secret still holds what it was created with, not a credential."""


class SchemaMismatch(MigrationError):
    """Tables, keys, indexes or identities differ between source and target."""


class InvalidSettings(MigrationError):
    """An environment variable is missing or cannot be read."""


class InvalidEvent(MigrationError):
    """The event does not say what to do."""


class DatabaseFailure(MigrationError):
    """A database refused a statement; `sqlstate` says why (class 08 when it could not be reached)."""

    def __init__(self, sqlstate: str, message: str) -> None:
        """`message` must not carry values of rows."""
        super().__init__(f"{message} (SQLSTATE {sqlstate})")
        self.sqlstate = sqlstate


class Unavailable(Exception):
    """The work cannot be done now; the same call may succeed later. The argument says why, and holds no value."""
