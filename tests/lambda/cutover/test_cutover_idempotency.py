"""Every operation may be done twice, and killed before any of its effects and done again."""

from functools import partial

import pytest

from support.aws_resources import create_listener
from support.environment import Environment
from support.fake_dms import Task
from support.fault_injection import complete_despite_kills
from support.waiting import wait_until

_THERE = (
    "initialize",
    "start_full_load",
    "fence_source",
    "drain_source",
    "final_validation",
    "promote_target",
    "start_reverse_replication",
)
_BACK = ("fence_target", "drain_target", "promote_source", "start_forward_replication")
_BESIDE = {
    "replication_status": "follow",
    "begin_soak": "follow cross",
    "assess_rollback": "follow cross",
    "unfence_source": "follow fence_source drain_source final_validation",
    "start_forward_replication": "follow fence_source drain_source unfence_source",
    "hold_traffic": "",
    "revert_traffic": "listener",
    "record_rollback": "",
}
_ARGUMENTS: dict[str, dict[str, object]] = {"hold_traffic": {"reason": "error rate"}}


def walk(environment: Environment, way: str) -> None:
    """Take the steps of `way`, which are operations and a few words for several of them."""
    for step in way.split():
        match step:
            case "follow":
                environment.start_replication()
            case "cross":
                environment.cut_over()
            case "listener":
                environment.variables.update(create_listener(environment.variables))
            case operation:
                environment.run(operation)


@pytest.fixture
def patient(environment: Environment) -> Environment:
    environment.variables["FENCE_TIMEOUT_SECONDS"] = "120"  # many attempts share one fence
    return environment


def _rests(task: Task) -> bool:
    return task.status not in ("starting", "stopping")


def the_world(environment: Environment) -> dict[str, object]:
    """What must be the same after one run and after several."""
    for task in environment.service.tasks.values():
        wait_until(partial(_rests, task))
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


def do(environment: Environment, operation: str) -> None:
    """Do an operation that is not the last one, and wait for the tasks that it started."""
    environment.run(operation, **_ARGUMENTS.get(operation, {}))
    the_world(environment)


@pytest.mark.parametrize("operation", _BESIDE)
def test_repeated_operation_has_the_same_result(patient: Environment, operation: str) -> None:
    walk(patient, _BESIDE[operation])
    do(patient, operation)
    once = the_world(patient)
    do(patient, operation)
    assert the_world(patient) == once


@pytest.mark.parametrize("operation", _BESIDE)
def test_killed_and_repeated_operation_has_the_same_result(patient: Environment, operation: str) -> None:
    walk(patient, _BESIDE[operation])
    complete_despite_kills(partial(do, patient, operation))
    through = the_world(patient)
    do(patient, operation)
    assert the_world(patient) == through


def test_cutover_and_rollback_with_repeated_steps_succeed(patient: Environment) -> None:
    patient.pay(patient.source, 3)
    for operation in (*_THERE, *_BACK):
        do(patient, operation)
        once = the_world(patient)
        do(patient, operation)
        assert the_world(patient) == once, operation
    wait_until(lambda: patient.rows(patient.source) == patient.rows(patient.target))


def test_cutover_and_rollback_with_kills_at_every_effect_succeed(patient: Environment) -> None:
    patient.pay(patient.source, 3)
    for operation in _THERE:
        assert complete_despite_kills(partial(do, patient, operation)) >= 1, operation
    assert the_world(patient) | {"receipts": None} == {
        **{"writer": "target", "weight": "0", "logins": (False, True), "receipts": None},
        **{"tasks": ["stopped", "ready", "running"], "slots": [0, 1]},
    }
    patient.pay(patient.target, 3)
    for operation in _BACK:
        assert complete_despite_kills(partial(do, patient, operation)) >= 1, operation
    assert the_world(patient) | {"receipts": None} == {
        **{"writer": "source", "weight": "0", "logins": (True, False), "receipts": None},
        **{"tasks": ["stopped", "running", "stopped"], "slots": [1, 0]},
    }
    patient.pay(patient.source, 3)
    wait_until(lambda: patient.rows(patient.source) == patient.rows(patient.target))
    assert [row[0] for row in patient.rows(patient.source)] == list(range(1, 10))
