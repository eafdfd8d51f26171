"""Whole migrations: committed state machines, real functions and databases, continuous load."""

from collections.abc import Callable
from functools import partial

from support.aws_resources import trigger_alarm
from support.environment import Environment
from support.state_machines import ExecutionResult, StateMachines, assert_back_on_the_source, assert_one_writer
from support.waiting import wait_until


def rolled_back(end: ExecutionResult) -> str:
    """Return the cause of a migration that was rolled back."""
    assert (end.status, end.error) == ("FAILED", "RolledBack"), end
    return end.cause


def fix_reverse_task(environment: Environment, request: str) -> str:
    """Fix a failed reverse task as an operator does, then approve."""
    if "is failed" in request:
        environment.migration().tasks.resume(environment.reverse_task.arn)
        wait_until(lambda: environment.reverse_task.status == "running")
    return "approve"


def after_the_cutover(machines: StateMachines, action: Callable[[Environment], object]) -> None:
    """Run `action` and set the alarm to ALARM at the first check after the cutover, once reverse replication runs."""

    def check_alarms_once() -> None:
        wait_until(lambda: machines.environment.reverse_task.status == "running")
        action(machines.environment)
        trigger_alarm()

    machines.functions.before["start_reverse_replication"] = lambda: machines.functions.before.update(
        check_alarms=check_alarms_once
    )


def test_migration_ends_on_the_target_with_reverse_replication(machines: StateMachines) -> None:
    machines.create()
    result = machines.migrate()
    assert result.status == "SUCCEEDED", result
    assert_one_writer(machines, "target")
    environment = machines.environment
    assert machines.load_generator.writers == ["source", "target"]
    assert environment.parameter("traffic/hold") == "none"
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))


def test_different_row_rolls_back_before_traffic_shifts(machines: StateMachines) -> None:
    environment = machines.environment
    machines.functions.before["plan"] = lambda: environment.target.run("update payments set amount = 99 where id = 1")
    machines.create()
    assert "1 rows differ in public.payments" in rolled_back(machines.migrate())
    assert "shift_traffic" not in machines.functions.operations
    assert_back_on_the_source(machines, "ValidationFailed in run")


def test_rejected_approval_reverts_traffic(machines: StateMachines) -> None:
    moved: list[str] = []
    machines.functions.before["hold_traffic"] = lambda: moved.append(machines.environment.parameter("traffic/weight"))
    machines.operator = lambda _: "reject"
    machines.create()
    assert rolled_back(machines.migrate()) == "ApprovalRejected: rejected by Ada"
    assert moved == ["100"]
    assert_back_on_the_source(machines, "ApprovalRejected in run")


def test_approval_timeout_reverts_traffic(machines: StateMachines) -> None:
    machines.operator = lambda _: None
    machines.create(approval_timeout_seconds=2)
    assert rolled_back(machines.migrate()).startswith("States.Timeout: ")
    assert_back_on_the_source(machines, "States.Timeout in run")


def test_alarm_reverts_traffic(machines: StateMachines) -> None:
    machines.functions.before["check_alarms"] = trigger_alarm
    machines.create()
    assert "errors (ALARM)" in rolled_back(machines.migrate())
    assert machines.functions.operations.count("shift_traffic") == 1
    assert_back_on_the_source(machines, "AlarmRaised in run")


def test_task_failure_before_the_cutover_reverts_traffic(machines: StateMachines) -> None:
    machines.functions.before["request_approval"] = machines.environment.load_task.fail
    machines.create()
    assert rolled_back(machines.migrate()).startswith("ReplicationFailed: ")
    assert "fence_source" not in machines.functions.operations
    assert_back_on_the_source(machines, "ReplicationFailed in run")


def test_task_failure_after_the_fence_unfences_the_source(machines: StateMachines) -> None:
    machines.functions.before["drain_source"] = machines.environment.load_task.fail
    machines.create()
    assert "no task replicates from the source" in rolled_back(machines.migrate())
    assert "promote_target" not in machines.functions.operations
    assert_back_on_the_source(machines, "ReplicationFailed in run")


def test_alarm_after_the_cutover_returns_every_payment(machines: StateMachines) -> None:
    environment = machines.environment
    after_the_cutover(machines, lambda _: None)
    machines.create()
    assert "errors (ALARM)" in rolled_back(machines.migrate())
    assert_back_on_the_source(machines, "AlarmRaised in run")
    assert machines.load_generator.writers == ["source", "target", "source"]
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))


def test_failed_reverse_task_is_fixed_by_the_operator(machines: StateMachines) -> None:
    environment = machines.environment

    after_the_cutover(machines, lambda environment: environment.reverse_task.fail())
    machines.operator = partial(fix_reverse_task, environment)
    machines.create()
    assert "errors (ALARM)" in rolled_back(machines.migrate())
    assert_back_on_the_source(machines, "AlarmRaised in run")
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))


def test_rollback_retries_when_the_approval_request_fails(machines: StateMachines) -> None:
    environment, functions = machines.environment, machines.functions
    after_the_cutover(machines, lambda environment: environment.reverse_task.fail())
    # The first request is that of the migration; the next four are all attempts of the rollback's first request.
    functions.kill_before = lambda operation: (
        1 if operation == "request_approval" and 1 < functions.operations.count("request_approval") <= 5 else None
    )
    machines.operator = partial(fix_reverse_task, environment)
    machines.create()
    assert "errors (ALARM)" in rolled_back(machines.migrate())
    assert_back_on_the_source(machines, "AlarmRaised in run")


def test_killed_step_is_retried(machines: StateMachines) -> None:
    machines.functions.kill_at = {
        "fence_source": "pg_terminate",
        "promote_target": "alter role",
        "begin_soak": "Publish",
    }
    machines.create()
    result = machines.migrate()
    assert result.status == "SUCCEEDED", result
    assert [
        machines.functions.operations.count(step)
        for step in ("fence_source", "promote_target", "begin_soak", "hold_traffic")
    ] == [2, 2, 2, 0]
    assert_one_writer(machines, "target")


def test_second_execution_during_the_soak_is_refused_and_changes_nothing(machines: StateMachines) -> None:
    machines.create()
    assert machines.migrate("first").status == "SUCCEEDED"
    machines.functions.operations.clear()
    result = machines.migrate("second")
    assert (result.status, result.error) == ("FAILED", "MigrationInProgress"), result
    assert machines.functions.operations == ["begin_migration", "check_rollback_request"]
    assert machines.environment.parameter("traffic/hold") == "none"
    assert_one_writer(machines, "target")


def test_second_execution_during_a_migration_is_refused_and_the_first_succeeds(machines: StateMachines) -> None:
    def start_second() -> None:
        machines.start("second")
        wait_until(lambda: "check_rollback_request" in machines.functions.operations)

    machines.functions.before["request_approval"] = start_second
    machines.create()
    assert machines.migrate("first").status == "SUCCEEDED"
    assert machines.result("second").error == "MigrationInProgress"
    assert machines.environment.parameter("traffic/hold") == "none"
    assert_one_writer(machines, "target")
