"""Every operation may be done twice, and killed before any of its effects and done again."""

from functools import partial

import pytest
from estate import Estate, listener
from interruption import survive
from replication_service import Task
from replicator import wait_until

_BEFORE = {
    "initialize": "",
    "start_load": "initialize",
    "replication": "follow",
    "fence": "follow",
    "drain": "follow fence",
    "final_validation": "follow fence drain",
    "hand_over": "follow fence drain final_validation",
    "start_reverse": "follow fence drain final_validation hand_over",
    "finish": "follow cross",
    "assess": "follow cross",
    "open_source": "follow fence drain",
    "fence_target": "follow cross",
    "drain_reverse": "follow cross fence_target",
    "hand_back": "follow cross fence_target drain_reverse",
    "start_forward": "follow cross fence_target drain_reverse hand_back",
    "release_traffic": "listener",
    "rolled_back": "",
}


def walk(estate: Estate, way: str) -> None:
    """Take the steps of `way`, which are operations and a few words for several of them."""
    for step in way.split():
        match step:
            case "follow":
                estate.follow()
            case "cross":
                estate.cross()
            case "listener":
                estate.environment.update(listener(estate.environment))
            case operation:
                estate.run(operation)


@pytest.fixture
def patient(estate: Estate) -> Estate:
    estate.environment["FENCE"] = "120"  # many attempts share one fence
    return estate


def _rests(task: Task) -> bool:
    return task.status not in ("starting", "stopping")


def the_world(estate: Estate) -> dict[str, object]:
    """What must be the same after one run and after several."""
    for task in estate.service.tasks.values():
        wait_until(partial(_rests, task))
    return {
        "writer": estate.parameter("writer"),
        "weight": estate.parameter("traffic/weight"),
        "logins": (estate.may_log_in(estate.source), estate.may_log_in(estate.target)),
        "tasks": [task.status for task in estate.service.tasks.values()],
        "slots": [len(estate.slots(side)) for side in (estate.source, estate.target)],
        "receipts": [side.value("select last_value from receipts") for side in (estate.source, estate.target)],
    }


@pytest.mark.parametrize("operation", _BEFORE)
def test_done_twice_it_ends_the_same(patient: Estate, operation: str) -> None:
    walk(patient, _BEFORE[operation])
    patient.run(operation)
    once = the_world(patient)
    patient.run(operation)
    assert the_world(patient) == once


@pytest.mark.parametrize("operation", _BEFORE)
def test_killed_anywhere_and_repeated_it_ends_the_same(patient: Estate, operation: str) -> None:
    walk(patient, _BEFORE[operation])
    kills = survive(lambda: patient.run(operation))
    assert kills >= 1
    through = the_world(patient)
    patient.run(operation)
    assert the_world(patient) == through


def test_a_whole_crossing_and_return_killed_everywhere_loses_no_payment(patient: Estate) -> None:
    patient.pay(patient.source, 3)
    for operation in ("initialize", "start_load"):
        survive(partial(patient.run, operation))
    wait_until(lambda: patient.load.status == "running")
    for operation in ("fence", "drain", "final_validation", "hand_over", "start_reverse"):
        survive(partial(patient.run, operation))
    patient.pay(patient.target, 3)
    wait_until(lambda: patient.reverse.status == "running")
    for operation in ("fence_target", "drain_reverse", "hand_back", "start_forward"):
        survive(partial(patient.run, operation))
    patient.pay(patient.source, 3)
    wait_until(lambda: patient.rows(patient.source) == patient.rows(patient.target))
    assert [row[0] for row in patient.rows(patient.source)] == list(range(1, 10))
