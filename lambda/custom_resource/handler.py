"""Lambda handler of the custom resource: sends a response in every case, and to a deletion at once."""

import os
from collections.abc import Mapping
from typing import Any, Final

from common import log
from common.clock import Clock
from common.errors import MigrationError
from custom_resource.request import Request, Validation, properties_of, request_of
from custom_resource.response import Response, send_response
from custom_resource.settings import build
from custom_resource.validation_run import run_validation

_RESPONSE_SECONDS: Final = 60.0
"""Seconds reserved for the response."""


def handle(event: Mapping[str, Any], context: Any) -> None:
    """Serve one request; the entry point of the Lambda function."""
    clock = Clock()
    seconds = context.get_remaining_time_in_millis() / 1000 - _RESPONSE_SECONDS if context is not None else 800.0
    respond(event, clock, seconds)


def respond(event: Mapping[str, Any], clock: Clock, seconds: float) -> None:
    """Serve one request within `seconds`, and send the response."""
    request = request_of(event)
    response = respond_to(request, event, clock, seconds)
    if response is not None:
        send_response(request, response, clock)


def respond_to(request: Request, event: Mapping[str, Any], clock: Clock, seconds: float) -> Response | None:
    """Return the response; None if a later invocation sends it. Raise nothing: without a response the stack hangs."""
    if request.type == "Delete":
        return Response(True, "there is nothing to delete")
    try:
        properties = properties_of(event)
        if properties.validation is Validation.SKIP:
            return Response(True, "skipped")
        return run_validation(build(os.environ, clock), request, properties, event, clock.deadline(seconds))
    except MigrationError as error:
        log.error("failed", operation="custom-resource", error=type(error).__name__, cause=str(error))
        return Response(False, str(error))
    except Exception as error:  # its message may hold a secret or a value of a row
        log.error("failed", operation="custom-resource", error=type(error).__name__, cause="not logged")
        return Response(False, f"the validation failed with {type(error).__name__}; see the function's log")
