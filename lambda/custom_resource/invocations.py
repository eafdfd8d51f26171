"""Invocations of other Lambda functions."""

import json
from collections.abc import Mapping
from typing import Any

from common import clients, errors
from common.errors import MigrationError, ValidationFailed


def invoke(function: str, event: Mapping[str, Any], timeout_seconds: float = 600) -> Any:
    """Invoke `function` and return its result; raise ValidationFailed with the name of its error."""
    response = clients.functions(timeout_seconds).invoke(FunctionName=function, Payload=json.dumps(event).encode())
    result = json.loads(response["Payload"].read() or b"null")
    if "FunctionError" in response:
        raise _failure(result)
    return result


def invoke_async(function: str, event: Mapping[str, Any]) -> None:
    """Invoke `function` without waiting for its result."""
    clients.functions().invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event).encode())


def _failure(result: Any) -> MigrationError:
    """Return the message of the project's own errors; any other one may hold a secret or a value of a row."""
    kind, message = (str(result.get(name, "")) for name in ("errorType", "errorMessage"))
    known = getattr(errors, kind, None)
    if isinstance(known, type) and issubclass(known, MigrationError):
        return ValidationFailed(f"{kind}: {message}")
    return ValidationFailed(f"a function failed with {kind or 'an error'}; see its log")
