"""Every operation can be repeated, also after it was killed before any of its side effects."""

from functools import partial

import pytest

from support.aws_resources import create_listener
from support.environment import Environment
from support.fault_injection import complete_despite_kills
from support.replication_service import Task
from support.waiting import wait_until

_CUTOVER = (
    "initialize",
    "start_full_load",
    "fence_source",
    "drain_source",
    "final_validation",
    "promote_target",
    "start_reverse_replication",
)
_ROLLBACK = ("fence_target", "drain_target", "final_validation", "promote_source", "start_forward_replication")
_PREPARATION = {
    "replication_status": "start-replication",
    "begin_soak": "start-replication cut-over",
    "assess_rollback": "start-replication cut-over",
    "unfence_source": "start-replication fence_source drain_source final_validation",
    "start_forward_replication": "start-replication fence_source drain_source unfence_source",
    "hold_traffic": "",
    "revert_traffic": "listener",
    "record_rollback": "",
}
_ARGUMENTS: dict[str, dict[str, object]] = {"hold_traffic": {"reason": "error rate"}}


def prepare(environment: Environment, steps: str) -> None:
    """Run `steps`: names of operations, and of a few sequences of operations."""
    for step in steps.split():
        match step:
            case "start-replication":
                environment.start_replication()
            case "cut-over":
                environment.cut_over()
            case "listener":
                environment.variables.update(create_listener(environment.variables))
            case operation:
                environment.run(operation)


@pytest.fixture
def environment(environment: Environment) -> Environment:
    environment.variables["FENCE_TIMEOUT_SECONDS"] = "900"  # many attempts share one fence
    return environment


def _is_settled(task: Task) -> bool:
    return task.status not in ("starting", "stopping")


def state_of(environment: Environment) -> dict[str, object]:
    """Return the state that repetitions must not change."""
    for task in environment.service.tasks.values():
        wait_until(partial(_is_settled, task))
    return {
        "writer": environment.parameter("writer"),
        "weight": environment.parameter("traffic/weight"),
        "logins": (environment.can_log_in(environment.source), environment.can_log_in(environment.target)),
        "tasks": [task.status for task in environment.service.tasks.values()],
        "slots": [len(environment.slots(side)) for side in (environment.source, environment.target)],
        "receipts": [
            side.value("select last_value from receipts") for side in (environment.source, environment.target)
        ],
    }


def run_and_settle(environment: Environment, operation: str) -> None:
    """Run an operation and wait until the tasks that it started or stopped have settled."""
    environment.run(operation, **_ARGUMENTS.get(operation, {}))
    if operation == "start_full_load":
        environment.record_comparison()
    state_of(environment)


@pytest.mark.parametrize("operation", _PREPARATION)
def test_repeated_operation_has_the_same_result(environment: Environment, operation: str) -> None:
    prepare(environment, _PREPARATION[operation])
    run_and_settle(environment, operation)
    first = state_of(environment)
    run_and_settle(environment, operation)
    assert state_of(environment) == first


@pytest.mark.parametrize("operation", _PREPARATION)
def test_killed_and_repeated_operation_has_the_same_result(environment: Environment, operation: str) -> None:
    prepare(environment, _PREPARATION[operation])
    complete_despite_kills(partial(run_and_settle, environment, operation))
    after_kills = state_of(environment)
    run_and_settle(environment, operation)
    assert state_of(environment) == after_kills


def test_cutover_and_rollback_with_repeated_steps_succeed(environment: Environment) -> None:
    environment.pay(environment.source, 3)
    for operation in (*_CUTOVER, *_ROLLBACK):
        run_and_settle(environment, operation)
        first = state_of(environment)
        run_and_settle(environment, operation)
        assert state_of(environment) == first, operation
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))


def test_cutover_and_rollback_with_kills_at_every_effect_succeed(environment: Environment) -> None:
    environment.pay(environment.source, 3)
    for operation in _CUTOVER:
        assert complete_despite_kills(partial(run_and_settle, environment, operation)) >= 1, operation
    assert state_of(environment) | {"receipts": None} == {
        **{"writer": "target", "weight": "0", "logins": (False, True), "receipts": None},
        **{"tasks": ["stopped", "ready", "running"], "slots": [0, 1]},
    }
    environment.pay(environment.target, 3)
    for operation in _ROLLBACK:
        assert complete_despite_kills(partial(run_and_settle, environment, operation)) >= 1, operation
    assert state_of(environment) | {"receipts": None} == {
        **{"writer": "source", "weight": "0", "logins": (True, False), "receipts": None},
        **{"tasks": ["stopped", "running", "stopped"], "slots": [1, 0]},
    }
    environment.pay(environment.source, 3)
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))
    assert [row[0] for row in environment.rows(environment.source)] == list(range(1, 10))
