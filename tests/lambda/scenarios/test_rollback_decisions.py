"""Rollbacks that meet an operator's rejection, a throttled service and a lost database."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from botocore.exceptions import ClientError

from common import clients
from cutover import switchover
from cutover.direction import REVERSE, Direction
from cutover.migration import Migration
from support.aws_resources import ALARM, trigger_alarm
from support.state_machines import StateMachines, assert_back_on_the_source, assert_one_writer
from support.unreachable import unreachable
from support.waiting import wait_until


def fail_after_the_cutover(machines: StateMachines, action: Callable[[], object]) -> None:
    """Run `action` and set the alarm to ALARM at the first check after the cutover."""

    def check_alarms_once() -> None:
        wait_until(lambda: machines.environment.reverse_task.status == "running")
        action()
        trigger_alarm()

    machines.functions.before["start_reverse_replication"] = lambda: machines.functions.before.update(
        check_alarms=check_alarms_once
    )


def test_rejected_rollback_is_not_started_again_by_the_event(machines: StateMachines) -> None:
    environment = machines.environment

    def reject_rollback(request: str) -> str:
        if "Rollback is blocked" not in request:
            return "approve"
        # The cause is gone when the event starts the second rollback.
        environment.migration().tasks.resume(environment.reverse_task.arn)
        clients.cloudwatch().set_alarm_state(AlarmName=ALARM, StateValue="OK", StateReason="a test")
        return "reject"

    fail_after_the_cutover(machines, environment.reverse_task.fail)
    machines.operator = reject_rollback
    machines.create()
    end = machines.migrate()
    assert (end.status, end.error) != ("FAILED", "RolledBack"), end
    assert "promote_source" not in machines.functions.operations
    assert "record_rejection" in machines.functions.operations
    assert environment.parameter("traffic/hold") == "AlarmRaised in run"
    assert_one_writer(machines, "target")


def test_throttled_call_on_the_way_back_is_retried(machines: StateMachines, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_after_the_cutover(machines, lambda: None)
    promote = switchover.promote
    throttled: list[Direction] = []

    def throttle_once(migration: Migration, direction: Direction) -> dict[str, object]:
        if direction == REVERSE and not throttled:
            throttled.append(direction)
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "GetParameter")
        return promote(migration, direction)

    monkeypatch.setattr(switchover, "promote", throttle_once)
    machines.create()
    assert machines.migrate().error == "RolledBack"
    assert machines.functions.operations.count("promote_source") == 2
    assert machines.functions.operations.count("request_approval") == 1
    assert_back_on_the_source(machines, "AlarmRaised in run")


def test_source_that_is_lost_on_the_way_back_leaves_payments_on_the_target(
    machines: StateMachines, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = machines.environment
    writers: list[str] = []
    with ExitStack() as loss:

        def lose_source() -> None:
            loss.enter_context(unreachable(environment, "source"))
            monkeypatch.setenv("REPLICATIONS", environment.variables["REPLICATIONS"])

        def restore_source(request: str) -> str:
            if "Rollback is blocked" in request:
                writers.append(environment.parameter("writer"))
                loss.close()
                monkeypatch.setenv("REPLICATIONS", environment.variables["REPLICATIONS"])
            return "approve"

        fail_after_the_cutover(machines, lambda: machines.functions.before.update(drain_target=lose_source))
        machines.operator = restore_source
        machines.create()
        assert machines.migrate().error == "RolledBack"
    assert writers == ["target"]
    assert_back_on_the_source(machines, "AlarmRaised in run")
