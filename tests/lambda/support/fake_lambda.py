"""Lambda's invocations, answered by this process: errors are told as Lambda tells them."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config

from support.fault_injection import Killed

Function: TypeAlias = "Callable[[str, Mapping[str, Any]], Any]"
"""Runs the function of a name, or of an ARN, with an event."""

_DEAD = {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited with error: signal: killed"}


def serve_invocations(monkeypatch: pytest.MonkeyPatch, now: Function, later: Function) -> None:
    """Have `now` answer the calls that are waited for, and `later` hear the others.

    To be said before the first call of Lambda's, which chooses moto's backend.
    """

    def invoke(
        _: object,
        name: str,
        qualifier: str | None,
        body: str | bytes | None,
        headers: Mapping[str, str],
        answered: dict[str, str],
    ) -> bytes:
        event = json.loads(body or "{}")
        if headers.get("X-Amz-Invocation-Type") == "Event":
            later(name, event)
            return b""
        try:
            answer = now(name, event)
        except Killed:
            answer, answered["x-amz-function-error"] = _DEAD, "Unhandled"
        except Exception as fault:
            answer = {"errorType": type(fault).__name__, "errorMessage": str(fault)}
            answered["x-amz-function-error"] = "Unhandled"
        return json.dumps(answer).encode()

    monkeypatch.setitem(default_user_config, "lambda", {"use_docker": False})
    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
