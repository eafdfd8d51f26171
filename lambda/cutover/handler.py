"""The Lambda function behind both state machines: `{"operation": "...", "execution": "...", ...}` in, small JSON out.

Every operation may be repeated: done twice, or killed anywhere and done again, it ends the same.
"""

import os
from collections.abc import Mapping
from typing import Any

from common import log
from common.errors import InvalidEvent
from cutover import crossing, final, follow, readiness, rollback, settings, soak, traffic
from cutover.initialize import initialize
from cutover.migration import Migration, build
from cutover.ways import BACK, FORWARD


def handle(event: Mapping[str, Any], context: object) -> Mapping[str, Any]:
    """The Lambda function's entry."""
    del context
    migration = build(settings.parse(os.environ), str(event.get("execution", "")))
    operation = event.get("operation")
    log.info("began", operation=str(operation), execution=migration.execution)
    try:
        answer = run(migration, event)
    except Exception as fault:
        log.error("failed", operation=str(operation), error=type(fault).__name__, cause=str(fault))
        raise
    log.info("ended", operation=str(operation))
    return answer


def run(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Do the event's operation."""
    match event:
        case {"operation": "initialize"}:
            return initialize(migration)
        case {"operation": "start_load"}:
            return follow.start_load(migration)
        case {"operation": "replication"}:
            return follow.replication(migration)
        case {"operation": "shift", "percent": int(percent)} if not isinstance(percent, bool):
            return traffic.shift(migration, percent)
        case {"operation": "watch"}:
            return traffic.watch(migration)
        case {"operation": "fence"}:
            return crossing.close(migration, FORWARD)
        case {"operation": "drain"}:
            return crossing.drain(migration, FORWARD)
        case {"operation": "final_validation"}:
            return final.final_validation(migration)
        case {"operation": "hand_over"}:
            return crossing.open_taker(migration, FORWARD)
        case {"operation": "start_reverse"}:
            return crossing.follow(migration, FORWARD)
        case {"operation": "finish"}:
            return soak.finish(migration)
        case _:
            return _run_back(migration, event)


def _run_back(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    match event:
        case {"operation": "hold", "reason": str(reason)}:
            return traffic.hold(migration, reason)
        case {"operation": "assess"}:
            return rollback.assess(migration)
        case {"operation": "open_source"}:
            return rollback.open_source(migration)
        case {"operation": "fence_target"}:
            return crossing.close(migration, BACK)
        case {"operation": "drain_reverse"}:
            return crossing.drain(migration, BACK)
        case {"operation": "hand_back"}:
            return crossing.open_taker(migration, BACK)
        case {"operation": "start_forward"}:
            return rollback.start_forward(migration)
        case {"operation": "release_traffic"}:
            return traffic.release(migration)
        case {"operation": "rolled_back"}:
            return rollback.rolled_back(migration)
        case _:
            return _run_check(migration, event)


def _run_check(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    match event:
        case {"operation": "check_before"}:
            return readiness.check_before(migration)
        case {"operation": "check_after"}:
            return readiness.check_after(migration)
        case _:
            raise InvalidEvent(f"there is no operation {event.get('operation')!r} with these arguments")
