"""Request of a custom resource.

Source: CloudFormation user guide, "Custom resource request types".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from common.errors import InvalidEvent


class Validation(Enum):
    """Checks to run: none, those before the migration, or those after it."""

    SKIP = "skip"
    PRE = "pre"
    POST = "post"


@dataclass(frozen=True)
class Request:
    """Identity of a request. The URL for the response is signed, so `repr` leaves it out."""

    type: str
    response_url: str = field(repr=False)
    stack_id: str
    request_id: str
    logical_id: str
    physical_id: str


@dataclass(frozen=True)
class Properties:
    """Properties of the resource. A higher `run` repeats the same validation."""

    validation: Validation
    run: str


def request_of(event: Mapping[str, Any]) -> Request:
    """Return the identity of a request; raise InvalidEvent if it does not name a URL for the response."""
    match event:
        case {
            "RequestType": "Create" | "Update" | "Delete" as kind,
            "ResponseURL": str(url),
            "StackId": str(stack),
            "RequestId": str(request),
            "LogicalResourceId": str(logical),
        }:
            # The same for every update: after a change, CloudFormation would delete the former resource.
            physical = str(event.get("PhysicalResourceId") or f"{logical}-{request}")
            return Request(kind, url, stack, request, logical, physical)
        case _:
            raise InvalidEvent("the event is not a custom resource request")


def properties_of(event: Mapping[str, Any]) -> Properties:
    """Return the properties of the resource."""
    match event.get("ResourceProperties"):
        case {"RunValidation": str(validation), "ValidationRun": str(run)} if run.isalnum():
            try:
                return Properties(Validation(validation), run)
            except ValueError:
                pass
    raise InvalidEvent("the properties need RunValidation (skip, pre or post) and ValidationRun (letters and digits)")
