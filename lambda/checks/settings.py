"""What the checks are told by their environment, and the functions that they call."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from common import clients, errors
from common.clock import Clock
from common.errors import MigrationError, ValidationFailed
from common.settings import Variables
from migration.checkpoints import Checkpoints

Call: TypeAlias = "Callable[[str, Mapping[str, Any]], Any]"
"""Calls a function by its ARN with an event, and gives its answer."""

COMPARISON = 330.0
"""Seconds that a comparison is waited for, at most: so many are left when one begins."""


@dataclass(frozen=True)
class Checks:
    """The functions that look, the bucket of what they found, and how many of them look at one time."""

    cutover: str
    validation: str
    itself: str
    comparisons: int
    store: Checkpoints
    clock: Clock
    call: Call
    compare: Call
    go_on: Call


def build(environment: Mapping[str, str], clock: Clock | None = None) -> Checks:
    """Read every variable at once and make the clients."""
    variables = Variables(environment)
    clock = clock or Clock()
    return Checks(
        cutover=variables.required("CUTOVER_FUNCTION_ARN"),
        validation=variables.required("VALIDATION_FUNCTION_ARN"),
        itself=variables.required("AWS_LAMBDA_FUNCTION_NAME"),
        comparisons=max(1, variables.integer("COMPARISON_CONCURRENCY", 10)),
        store=Checkpoints(clients.s3(), variables.required("CHECKPOINT_BUCKET"), "checks", clock),
        clock=clock,
        call=call,
        compare=partial(call, seconds=COMPARISON),
        go_on=go_on,
    )


def call(function: str, event: Mapping[str, Any], seconds: float = 600) -> Any:
    """Call `function` and wait for its answer; a failure there is raised here under its own name."""
    response = clients.functions(seconds).invoke(FunctionName=function, Payload=json.dumps(event).encode())
    answer = json.loads(response["Payload"].read() or b"null")
    if "FunctionError" in response:
        raise _failure(answer)
    return answer


def go_on(function: str, event: Mapping[str, Any]) -> None:
    """Call `function` and do not wait."""
    clients.functions().invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event).encode())


def _failure(answer: Any) -> MigrationError:
    """What our own errors say may be told; what any other says might be a secret or a value."""
    kind, message = (str(answer.get(name, "")) for name in ("errorType", "errorMessage"))
    known = getattr(errors, kind, None)
    if isinstance(known, type) and issubclass(known, MigrationError):
        return ValidationFailed(f"{kind}: {message}")
    return ValidationFailed(f"a function ended with {kind or 'an error'}; its log says why")
