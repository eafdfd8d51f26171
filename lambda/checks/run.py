"""The checks themselves: what `pre` and `post` have the functions do, and what becomes of it."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ReadTimeoutError

from checks.request import Answer, Request, Validation, Wanted
from checks.settings import COMPARISON, Checks
from common import log
from common.clock import Deadline
from common.errors import ValidationFailed

_LIMIT = 2_700  # seconds after which nobody goes on: the resource's own time-out is an hour


@dataclass(frozen=True)
class Progress:
    """What earlier invocations of the same request did: when the first began, and how many chunks are done."""

    begun: str
    done: int


def progress_of(event: Mapping[str, Any], now: datetime) -> Progress:
    """Where the invocation before this one came to."""
    match event.get("Continued"):
        case {"begun": str(begun), "done": int(done)}:
            return Progress(begun, done)
        case _:
            return Progress(now.isoformat(), 0)


def run(
    checks: Checks, request: Request, wanted: Wanted, event: Mapping[str, Any], deadline: Deadline
) -> Answer | None:
    """Run what is wanted; None where another invocation goes on and will answer.

    What passed once is not run again under the same number: CloudFormation asks for earlier properties when it
    rolls an update back, and what was true before the migration need not be true any more.
    """
    passed = f"validation/passed/{_identifier(request.stack)}/{wanted.validation.value}-{wanted.run}.json"
    earlier = checks.store.get(passed)
    if earlier is not None:
        return Answer(True, f"{earlier['result']}, at {earlier['at']}")
    execution = f"{wanted.validation.value}-{wanted.run}-{request.request}"
    if wanted.validation is Validation.PRE:
        told = checks.call(checks.cutover, {"operation": "premigration_check", "execution": execution})
        result = f"ready: {told['tables']} tables are alike on both sides"
    else:
        summary = _compare(checks, execution, event, deadline)
        if summary is None:
            return None
        result = _told(summary)
    checks.store.put(passed, {"result": result, "at": checks.clock.now().isoformat()})
    log.info("checked", validation=wanted.validation.value, run=wanted.run, result=result)
    return Answer(True, result)


def _told(summary: Mapping[str, Any]) -> str:
    """A verdict with what it leaves open."""
    told = [f"{summary['tables']} tables", f"{summary['rows']} rows"]
    if summary["sampled"]:
        told.append(f"{summary['sampled']} of the tables by samples")
    if summary["inconclusive"]:
        told.append(f"{summary['inconclusive']} rows changed too often to tell")
    return f"consistent: {', '.join(told)}"


def _compare(checks: Checks, execution: str, event: Mapping[str, Any], deadline: Deadline) -> Mapping[str, Any] | None:
    progress = progress_of(event, checks.clock.now())
    if progress.done == 0:
        checks.call(checks.cutover, {"operation": "postmigration_check", "execution": execution})
    plan = checks.call(checks.validation, {"operation": "plan", "execution": execution})
    items = checks.store.get(plan["key"]) or []
    done = progress.done
    results: list[Any] = checks.store.get(_results_key(execution, done)) or [] if done else []
    left = iter(items[done:])
    with ThreadPoolExecutor(checks.comparisons) as pool:
        while batch := list(islice(left, checks.comparisons)):
            compared = _compared(checks, pool, batch) if deadline.left() >= COMPARISON else None
            if compared is None:
                _continue(checks, execution, event, Progress(progress.begun, done), results, len(items))
                return None
            results += compared
            done += len(batch)
    summary: Mapping[str, Any] = checks.call(
        checks.validation,
        {"operation": "summarize", "execution": execution, "results": _kept(checks, execution, results)},
    )
    return summary


def _compared(checks: Checks, pool: ThreadPoolExecutor, batch: list[Mapping[str, Any]]) -> list[Any] | None:
    """The results of some comparisons; None where one outlasts the time that this invocation has for it."""
    try:
        return list(pool.map(lambda item: _compare_one(checks, item), batch))
    except ReadTimeoutError:
        return None


def _compare_one(checks: Checks, item: Mapping[str, Any]) -> Any:
    return checks.compare(checks.validation, {"operation": "compare", "chunk": item})


def _continue(
    checks: Checks, execution: str, event: Mapping[str, Any], progress: Progress, results: list[Any], whole: int
) -> None:
    begun = datetime.fromisoformat(progress.begun)
    if checks.clock.deadline(_LIMIT, begun).left() <= 0:
        raise ValidationFailed(f"{progress.done} of {whole} chunks were compared within the hour that there is")
    checks.store.put(_results_key(execution, progress.done), results)
    log.info("goes-on", execution=execution, done=progress.done, chunks=whole)
    checks.go_on(checks.itself, {**event, "Continued": {"begun": progress.begun, "done": progress.done}})


def _kept(checks: Checks, execution: str, results: list[Any]) -> dict[str, Any]:
    """The results as a distributed map leaves them in the bucket: a call carries six megabytes at most."""
    key = f"validation/{execution}/results.json"
    manifest = f"validation/{execution}/manifest.json"
    checks.store.put(key, [{"Output": json.dumps(result)} for result in results])
    checks.store.put(manifest, {"ResultFiles": {"SUCCEEDED": [{"Key": key}]}})
    return {"ResultWriterDetails": {"Bucket": checks.store.bucket, "Key": manifest}}


def _results_key(execution: str, done: int) -> str:
    return f"validation/{execution}/results-{done}.json"


def _identifier(stack: str) -> str:
    """The last part of a stack's ARN: another stack of the same name has another."""
    return "".join(character for character in stack.rsplit("/", 1)[-1] if character.isalnum() or character == "-")
