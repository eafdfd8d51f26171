"""Why a secret is not rotated. No message holds a password."""

from common.errors import MigrationError


class RotationHeld(MigrationError):
    """Rotations are held while a migration is between its fence and the end of its soak."""


class InvalidSecret(MigrationError):
    """The secret's value has not the form that its kind of rotation needs."""


class RotationFailed(MigrationError):
    """The database or Secrets Manager is not in the state that the step needs."""
