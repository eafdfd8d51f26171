"""Constraints of service models that the services themselves do not enforce."""

from local_aws.request_constraints import Violation

EXEMPTIONS: dict[tuple[str, str, str], str] = {}
"""The reason by service, shape and constraint."""


def is_exempt(service: str, violation: Violation) -> bool:
    """Return whether the service accepts what its model forbids."""
    return (service, violation.shape, violation.constraint) in EXEMPTIONS
