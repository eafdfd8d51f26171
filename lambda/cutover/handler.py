"""Lambda function that runs the operations of a migration: `{"operation": "...", "execution": "...", ...}`.

State machines call it, or the operator of a runbook. Every operation can be repeated: after a second run, or a run
after an interrupted one, the result is the same.
"""

import os
from collections.abc import Mapping
from typing import Any

from common import log
from common.errors import InvalidEvent
from common.service_failures import service_failures
from cutover import (
    final_validation,
    load_status,
    ownership,
    ownership_transfer,
    preflight,
    registration,
    rollback,
    settings,
    soak,
    switchover,
    traffic,
)
from cutover.abandonment import abandon_migration
from cutover.assessment.operation import premigration_assessment
from cutover.direction import FORWARD, REVERSE
from cutover.initialize import initialize
from cutover.migration import Migration, build
from cutover.rehearsal import end_rehearsal


def handle(event: Mapping[str, Any], context: object) -> Mapping[str, Any]:
    """Handle an invocation by Lambda."""
    del context
    migration = build(settings.parse(os.environ), str(event.get("execution", "")))
    operation = str(event.get("operation"))
    log.info("operation-started", operation=operation, execution=migration.execution)
    try:
        with service_failures():
            result = run(migration, event)
    except Exception as error:
        log.error("failed", operation=operation, error=type(error).__name__, cause=str(error))
        raise
    log.info("operation-succeeded", operation=operation)
    return result


def run(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run the operation that `event` names, and return its result."""
    match event:
        case {"operation": "initialize"}:
            return initialize(migration)
        case {"operation": "start_full_load"}:
            return load_status.start_full_load(migration)
        case {"operation": "replication_status"}:
            return load_status.replication_status(migration)
        case {"operation": "shift_traffic", "percent": int(percent)} if not isinstance(percent, bool):
            return traffic.shift_traffic(migration, percent)
        case {"operation": "check_alarms"}:
            return traffic.check_alarms(migration)
        case {"operation": "fence_source"}:
            return switchover.fence(migration, FORWARD)
        case {"operation": "drain_source"}:
            return switchover.drain(migration, FORWARD)
        case {"operation": "final_validation"}:
            return final_validation.final_validation(migration)
        case {"operation": "promote_target"}:
            return switchover.promote(migration, FORWARD)
        case {"operation": "start_reverse_replication"}:
            return switchover.start_opposite_replication(migration, FORWARD)
        case _:
            return _run_rollback_operation(migration, event)


def _run_rollback_operation(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    match event:
        case {"operation": "hold_traffic", "reason": str(reason)}:
            return traffic.hold_traffic(migration, reason)
        case {"operation": "assess_rollback", "initiator": "migration"}:
            return rollback.assess_requested_rollback(migration)
        case {"operation": "assess_rollback"} if event.get("initiator", "operator") == "operator":
            return rollback.assess_rollback(migration)
        case {"operation": "unfence_source"}:
            return rollback.unfence_source(migration)
        case {"operation": "fence_target"}:
            return switchover.fence(migration, REVERSE)
        case {"operation": "drain_target"}:
            return switchover.drain(migration, REVERSE)
        case {"operation": "promote_source"}:
            return switchover.promote(migration, REVERSE)
        case {"operation": "start_forward_replication"}:
            return rollback.start_forward_replication(migration)
        case {"operation": "unfence_target"}:
            return rollback.unfence_target(migration)
        case {"operation": "revert_traffic"}:
            return traffic.revert_traffic(migration)
        case {"operation": "record_rollback"}:
            return rollback.record_rollback(migration)
        case _:
            return _run_lifecycle_operation(migration, event)


def _run_lifecycle_operation(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    match event:
        case {"operation": "begin_migration", "state_machine_execution": str(execution)}:
            return registration.begin_migration(migration, execution)
        case {"operation": "check_rollback_request"}:
            return registration.check_rollback_request(migration)
        case {"operation": "record_rejection"}:
            return registration.record_rejection(migration)
        case {"operation": "begin_soak"}:
            return soak.begin_soak(migration)
        case {"operation": "end_soak"}:
            return soak.end_soak(migration)
        case {"operation": "abandon_migration"}:
            return abandon_migration(migration)
        case _:
            return _run_ownership_operation(migration, event)


def _run_ownership_operation(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    match event:
        case {"operation": "ownership_status"}:
            return ownership.ownership_status(migration)
        case {"operation": "acquire_ownership", "present_owner": str(present_owner)}:
            return ownership_transfer.acquire_ownership(migration, present_owner)
        case {"operation": "acquire_ownership"} if "present_owner" not in event:
            return ownership_transfer.acquire_ownership(migration, None)
        case {"operation": "release_ownership"}:
            return ownership_transfer.release_ownership(migration)
        case {"operation": "end_rehearsal"}:
            return end_rehearsal(migration)
        case _:
            return _run_check(migration, event)


def _run_check(migration: Migration, event: Mapping[str, Any]) -> Mapping[str, Any]:
    match event:
        case {"operation": "premigration_check"}:
            return preflight.premigration_check(migration)
        case {"operation": "premigration_assessment"}:
            return premigration_assessment(migration, event.get("free_gib"), event.get("allocated_gib"))
        case {"operation": "postmigration_check"}:
            return preflight.postmigration_check(migration)
        case _:
            operation = event.get("operation")
            raise InvalidEvent(f"the operation {operation!r} is unknown, or an argument is missing or invalid")
