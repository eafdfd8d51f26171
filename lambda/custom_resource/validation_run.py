"""One run of the validation: `pre` checks both sides before the migration, `post` compares them after it."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from botocore.exceptions import ReadTimeoutError

from common import log
from common.clock import Deadline
from common.errors import ValidationFailed
from custom_resource.request import Properties, Request, Validation
from custom_resource.response import Response
from custom_resource.settings import COMPARISON_SECONDS, Settings

_MAX_SECONDS: Final = 2_700
"""Seconds after which no further invocation is started; the resource's own timeout is an hour."""


@dataclass(frozen=True)
class Continuation:
    """Progress of earlier invocations for the same request: start of the first one, and chunks compared."""

    started_at: str
    compared: int


def continuation_of(event: Mapping[str, Any], now: datetime) -> Continuation:
    """Return the progress of the invocation before this one."""
    match event.get("Continuation"):
        case {"started_at": str(started_at), "compared": int(compared)}:
            return Continuation(started_at, compared)
        case _:
            return Continuation(now.isoformat(), 0)


def run_validation(
    settings: Settings, request: Request, properties: Properties, event: Mapping[str, Any], deadline: Deadline
) -> Response | None:
    """Run the validation; return None if another invocation continues it and responds.

    A run that passed is not repeated. To roll an update back, CloudFormation requests the former properties, and the
    state before the migration need not hold any more.
    """
    name = f"{properties.validation.value}-{properties.run}"
    passed_key = f"validation/passed/{_identifier(request.stack_id)}/{name}.json"
    passed = settings.store.get(passed_key)
    if passed is not None:
        return Response(True, f"{passed['result']}, at {passed['at']}")
    execution = f"{name}-{request.request_id}"
    if properties.validation is Validation.PRE:
        summary = settings.invoke(settings.cutover_arn, {"operation": "premigration_check", "execution": execution})
        result = f"ready: {summary['tables']} tables are alike on both sides"
    else:
        summary = _compare(settings, execution, event, deadline)
        if summary is None:
            return None
        result = _describe(summary)
    settings.store.put(passed_key, {"result": result, "at": settings.clock.now().isoformat()})
    log.info("validation-passed", validation=properties.validation.value, run=properties.run, result=result)
    return Response(True, result)


def _describe(summary: Mapping[str, Any]) -> str:
    """Return the verdict and its restrictions."""
    parts = [f"{summary['tables']} tables", f"{summary['rows']} rows"]
    if summary["sampled"]:
        parts.append(f"{summary['sampled']} of the tables by samples")
    if summary["inconclusive"]:
        parts.append(f"{summary['inconclusive']} rows changed too often to tell")
    return f"consistent: {', '.join(parts)}"


def _compare(
    settings: Settings, execution: str, event: Mapping[str, Any], deadline: Deadline
) -> Mapping[str, Any] | None:
    """Compare chunk after chunk and return the summary; None if another invocation continues."""
    continuation = continuation_of(event, settings.clock.now())
    compared = continuation.compared
    if compared == 0:
        settings.invoke(settings.cutover_arn, {"operation": "postmigration_check", "execution": execution})
    plan = settings.invoke(settings.validation_arn, {"operation": "plan", "execution": execution})
    chunks = settings.store.get(plan["key"]) or []
    results: list[Any] = settings.store.get(_results_key(execution, compared)) or [] if compared else []
    remaining = iter(chunks[compared:])
    with ThreadPoolExecutor(settings.comparison_concurrency) as pool:
        while batch := list(islice(remaining, settings.comparison_concurrency)):
            batch_results = _compare_batch(settings, pool, batch) if deadline.left() >= COMPARISON_SECONDS else None
            if batch_results is None:
                progress = Continuation(continuation.started_at, compared)
                _continue(settings, execution, event, progress, results, len(chunks))
                return None
            results += batch_results
            compared += len(batch)
    summary: Mapping[str, Any] = settings.invoke(
        settings.validation_arn,
        {"operation": "summarize", "execution": execution, "results": _store_results(settings, execution, results)},
    )
    return summary


def _compare_batch(settings: Settings, pool: ThreadPoolExecutor, batch: list[Mapping[str, Any]]) -> list[Any] | None:
    """Return the results of some comparisons; None if one exceeds its timeout."""
    try:
        return list(pool.map(lambda chunk: _compare_chunk(settings, chunk), batch))
    except ReadTimeoutError:
        return None


def _compare_chunk(settings: Settings, chunk: Mapping[str, Any]) -> Any:
    return settings.compare(settings.validation_arn, {"operation": "compare", "chunk": chunk})


def _continue(
    settings: Settings,
    execution: str,
    event: Mapping[str, Any],
    progress: Continuation,
    results: list[Any],
    chunks: int,
) -> None:
    started_at = datetime.fromisoformat(progress.started_at)
    if settings.clock.deadline(_MAX_SECONDS, started_at).left() <= 0:
        raise ValidationFailed(f"only {progress.compared} of {chunks} chunks were compared within the hour allowed")
    settings.store.put(_results_key(execution, progress.compared), results)
    log.info("continued", execution=execution, compared=progress.compared, chunks=chunks)
    continuation = {"started_at": progress.started_at, "compared": progress.compared}
    settings.continue_async(settings.own_name, {**event, "Continuation": continuation})


def _store_results(settings: Settings, execution: str, results: list[Any]) -> dict[str, Any]:
    """Store the results as a distributed map does, and return their place: a payload is limited to 6 MB."""
    key = f"validation/{execution}/results.json"
    manifest = f"validation/{execution}/manifest.json"
    settings.store.put(key, [{"Output": json.dumps(result)} for result in results])
    settings.store.put(manifest, {"ResultFiles": {"SUCCEEDED": [{"Key": key}]}})
    return {"ResultWriterDetails": {"Bucket": settings.store.bucket, "Key": manifest}}


def _results_key(execution: str, compared: int) -> str:
    return f"validation/{execution}/results-{compared}.json"


def _identifier(stack_id: str) -> str:
    """Return the last part of a stack's ARN, which differs between stacks of one name."""
    return "".join(character for character in stack_id.rsplit("/", 1)[-1] if character.isalnum() or character == "-")
