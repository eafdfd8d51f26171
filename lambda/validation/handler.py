"""Lambda handler of the validation: `plan`, `compare` for each chunk, `summarize`."""

import os
from collections.abc import Mapping
from typing import Any

from common import log
from common.errors import InvalidEvent
from common.service_failures import service_failures
from validation.compare import compare
from validation.plan import plan
from validation.settings import Validation, build
from validation.summarize import summarize


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Run one operation; the entry point of the Lambda function."""
    del context
    try:
        with service_failures():
            return run(build(os.environ), event)
    except Exception as error:
        log.error("failed", operation=str(event.get("operation")), error=type(error).__name__, cause=str(error))
        raise


def run(validation: Validation, event: Mapping[str, Any]) -> dict[str, Any]:
    """Run the operation of an event."""
    match event:
        case {"operation": "plan", "execution": str(execution)}:
            return plan(validation, execution)
        case {"operation": "compare", "chunk": {"execution": str(), "table": str()} as chunk}:
            return compare(validation, chunk)
        case {"operation": "summarize", "execution": str(execution), "results": results}:
            return summarize(validation, execution, results)
        case _:
            raise InvalidEvent("allowed: plan with execution, compare with chunk, summarize with execution and results")
