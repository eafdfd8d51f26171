"""Runs Lambda invocations in this process and reports errors as Lambda does."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config

from support.fault_injection import Killed

Function: TypeAlias = "Callable[[str, Mapping[str, Any]], Any]"
"""Runs the function with this name or ARN on an event."""

_CRASHED = {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited with error: signal: killed"}


def serve_invocations(monkeypatch: pytest.MonkeyPatch, synchronous: Function, asynchronous: Function) -> None:
    """Serve RequestResponse invocations with `synchronous` and Event invocations with `asynchronous`.

    Call it before the first Lambda call, which selects moto's backend.
    """

    def invoke(
        _: object,
        name: str,
        qualifier: str | None,
        body: str | bytes | None,
        headers: Mapping[str, str],
        response_headers: dict[str, str],
    ) -> bytes:
        event = json.loads(body or "{}")
        if headers.get("X-Amz-Invocation-Type") == "Event":
            asynchronous(name, event)
            return b""
        try:
            response = synchronous(name, event)
        except Killed:
            response, response_headers["x-amz-function-error"] = _CRASHED, "Unhandled"
        except Exception as error:
            response = {"errorType": type(error).__name__, "errorMessage": str(error)}
            response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps(response).encode()

    monkeypatch.setitem(default_user_config, "lambda", {"use_docker": False})
    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
