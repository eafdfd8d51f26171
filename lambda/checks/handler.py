"""The Lambda function behind the custom resource: it answers whatever happens, and a deletion at once."""

import os
from collections.abc import Mapping
from typing import Any

from checks.request import Answer, Request, Validation, request_of, send, wanted_of
from checks.run import run
from checks.settings import build
from common import log
from common.clock import Clock
from common.errors import MigrationError

_RESERVE_TO_ANSWER = 60.0


def handle(event: Mapping[str, Any], context: Any) -> None:
    """The Lambda function's entry."""
    clock = Clock()
    seconds = context.get_remaining_time_in_millis() / 1000 - _RESERVE_TO_ANSWER if context is not None else 800.0
    respond(event, clock, seconds)


def respond(event: Mapping[str, Any], clock: Clock, seconds: float) -> None:
    """Decide within `seconds`, and answer."""
    request = request_of(event)
    answer = decide(request, event, clock, seconds)
    if answer is not None:
        send(request, answer, clock)


def decide(request: Request, event: Mapping[str, Any], clock: Clock, seconds: float) -> Answer | None:
    """What to answer; None where a later invocation will. Nothing is raised."""
    if request.kind == "Delete":
        return Answer(True, "there is nothing to delete")
    try:
        wanted = wanted_of(event)
        if wanted.validation is Validation.SKIP:
            return Answer(True, "skipped")
        return run(build(os.environ, clock), request, wanted, event, clock.deadline(seconds))
    except MigrationError as error:
        log.error("failed", operation="checks", error=type(error).__name__, cause=str(error))
        return Answer(False, str(error))
    except Exception as error:  # without an answer the stack would hang
        log.error("failed", operation="checks", error=type(error).__name__, cause="not told")
        return Answer(False, f"the checks ended with {type(error).__name__}; the function's log says where")
