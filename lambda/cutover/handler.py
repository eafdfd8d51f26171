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
    log.info("operation-started", operation=str(operation), execution=migration.execution)
    try:
        answer = run(migration, event)
    except Exception as fault:
        log.error("failed", operation=str(operation), error=type(fault).__name__, cause=str(fault))
        raise
    log.info("operation-succeeded", operation=str(operation))
    return answer


def run(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Do the event's operation."""
    match event:
        case {"operation": "initialize"}:
            return initialize(migration)
        case {"operation": "start_full_load"}:
            return follow.start_full_load(migration)
        case {"operation": "replication_status"}:
            return follow.replication_status(migration)
        case {"operation": "shift_traffic", "percent": int(percent)} if not isinstance(percent, bool):
            return traffic.shift_traffic(migration, percent)
        case {"operation": "check_alarms"}:
            return traffic.check_alarms(migration)
        case {"operation": "fence_source"}:
            return crossing.close(migration, FORWARD)
        case {"operation": "drain_source"}:
            return crossing.drain(migration, FORWARD)
        case {"operation": "final_validation"}:
            return final.final_validation(migration)
        case {"operation": "promote_target"}:
            return crossing.open_taker(migration, FORWARD)
        case {"operation": "start_reverse_replication"}:
            return crossing.follow(migration, FORWARD)
        case {"operation": "begin_soak"}:
            return soak.begin_soak(migration)
        case _:
            return _run_back(migration, event)


def _run_back(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    match event:
        case {"operation": "hold_traffic", "reason": str(reason)}:
            return traffic.hold_traffic(migration, reason)
        case {"operation": "assess_rollback"}:
            return rollback.assess_rollback(migration)
        case {"operation": "unfence_source"}:
            return rollback.unfence_source(migration)
        case {"operation": "fence_target"}:
            return crossing.close(migration, BACK)
        case {"operation": "drain_target"}:
            return crossing.drain(migration, BACK)
        case {"operation": "promote_source"}:
            return crossing.open_taker(migration, BACK)
        case {"operation": "start_forward_replication"}:
            return rollback.start_forward_replication(migration)
        case {"operation": "revert_traffic"}:
            return traffic.revert_traffic(migration)
        case {"operation": "record_rollback"}:
            return rollback.record_rollback(migration)
        case _:
            return _run_check(migration, event)


def _run_check(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    match event:
        case {"operation": "premigration_check"}:
            return readiness.premigration_check(migration)
        case {"operation": "postmigration_check"}:
            return readiness.postmigration_check(migration)
        case _:
            raise InvalidEvent(f"there is no operation {event.get('operation')!r} with these arguments")
