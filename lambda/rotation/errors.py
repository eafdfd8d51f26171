"""Errors of a rotation. No message contains a password."""

from common.errors import MigrationError


class RotationHeld(MigrationError):
    """A migration is between its fence and the end of its soak."""


class InvalidSecret(MigrationError):
    """The secret's value does not have the form that its rotation strategy needs."""


class RotationFailed(MigrationError):
    """The database or Secrets Manager is not in the state that the step needs."""
