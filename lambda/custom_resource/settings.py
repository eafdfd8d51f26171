"""Settings of the custom resource's function.

Environment: CUTOVER_FUNCTION_ARN, VALIDATION_FUNCTION_ARN, COMPARISON_CONCURRENCY (comparisons at a time) and
CHECKPOINT_BUCKET. Lambda sets AWS_LAMBDA_FUNCTION_NAME.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from common import clients
from common.clock import Clock
from common.settings import Variables
from custom_resource.invocations import invoke, invoke_async
from migration.checkpoints import Checkpoints

Invoke: TypeAlias = "Callable[[str, Mapping[str, Any]], Any]"
"""Invokes a function by its ARN or name with an event."""

COMPARISON_SECONDS: Final = 330.0
"""Timeout of one comparison; none starts with less time left."""


@dataclass(frozen=True)
class Settings:
    """Functions to invoke, concurrency of comparisons, and the bucket of results."""

    cutover_arn: str
    validation_arn: str
    own_name: str
    comparison_concurrency: int
    store: Checkpoints
    clock: Clock
    invoke: Invoke
    compare: Invoke
    continue_async: Invoke


def build(environment: Mapping[str, str], clock: Clock | None = None) -> Settings:
    """Return the settings of the environment, with their clients."""
    variables = Variables(environment)
    clock = clock or Clock()
    return Settings(
        cutover_arn=variables.required("CUTOVER_FUNCTION_ARN"),
        validation_arn=variables.required("VALIDATION_FUNCTION_ARN"),
        own_name=variables.required("AWS_LAMBDA_FUNCTION_NAME"),
        comparison_concurrency=max(1, variables.integer("COMPARISON_CONCURRENCY", 10)),
        store=Checkpoints(clients.s3(), variables.required("CHECKPOINT_BUCKET"), "custom-resource", clock),
        clock=clock,
        invoke=invoke,
        compare=partial(invoke, timeout_seconds=COMPARISON_SECONDS),
        continue_async=invoke_async,
    )
