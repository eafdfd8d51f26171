"""The real operations in every explored schedule: one writer, no payment lost, and a safe end that can be reached."""

import tomllib
from pathlib import Path

import pytest

from explorer.explore import Explorer, replay
from explorer.model import modeled
from explorer.mutants import MUTANTS
from explorer.schedules import OPERATIONS, ScheduleBroken, dump, load

_CONTRACT = Path(__file__).parents[3] / "lambda/contract.toml"
_SCHEDULES = 50_000
_WITHOUT_EFFECTS = {
    "check_alarms",
    "check_rollback_request",
    "ownership_status",
    "postmigration_check",
    "premigration_check",
    "start_full_load",  # the model begins with a completed load
}


def test_no_schedule_loses_a_payment_or_opens_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    explorer = Explorer(seed=0)
    explorer.explore(_SCHEDULES)
    with capsys.disabled():
        print(f"\n{explorer.summary()}")
    assert explorer.calls_after_crashes == explorer.crash_points * len(OPERATIONS)
    assert explorer.crashed_operations == OPERATIONS.keys() - _WITHOUT_EFFECTS


def test_the_explorer_calls_every_operation_of_the_contract() -> None:
    contract = tomllib.loads(_CONTRACT.read_text())
    assert OPERATIONS.keys() == contract["functions"]["cutover"]["operations"].keys()


def test_a_seed_determines_the_schedules() -> None:
    explored = []
    with modeled():
        for _ in range(2):
            explorer = Explorer(seed=7)
            combinations = explorer.combinations()
            for _ in range(20):
                next(combinations)
            explored.append([*explorer.executed])
    assert explored[0] == explored[1]


def test_a_broken_schedule_can_be_replayed() -> None:
    with MUTANTS["no decision"]():
        with pytest.raises(ScheduleBroken) as found:
            Explorer().search(_SCHEDULES)
        with pytest.raises(ScheduleBroken) as replayed:
            replay(load(dump(found.value.schedule)))
    assert replayed.value.reason == found.value.reason
    assert replayed.value.schedule == found.value.schedule
