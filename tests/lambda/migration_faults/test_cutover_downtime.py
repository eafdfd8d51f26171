"""Seeded cutovers without faults: the time in which no payment of a client is acknowledged.

`make cutovers RUNS=50 SEED=1` runs more of them, and prints the figures.
"""

import os
import random
import time
from collections.abc import Iterator
from statistics import median

import pytest

from common.clock import Clock
from cutover import handler
from migration_faults.conftest import Start
from migration_faults.journey import Journey
from support.waiting import wait_until
from support.write_downtime import fence_history

_RUNS, _SEED = int(os.environ.get("PAYMIG_CUTOVER_RUNS", "3")), os.environ.get("PAYMIG_CUTOVER_SEED", "1")
_LONGEST_SECONDS, _MEDIAN_SECONDS = 30.0, 10.0
_OPERATIONS = ("fence_source", "drain_source", "final_validation", "promote_target", "start_reverse_replication")
_PAYMENTS_BEHIND = 10


@pytest.fixture(scope="module")
def downtimes() -> Iterator[list[float]]:
    """The seconds of each cutover without an acknowledged payment."""
    yield []


@pytest.mark.parametrize("number", range(_RUNS))
def test_payments_pause_briefly_in_a_cutover(
    start: Start, number: int, downtimes: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(f"{_SEED} {number}")
    engine = chance.choice(("postgres", "mysql"))
    journey = start(engine, ())
    for _ in range(chance.randint(0, 3)):
        journey.load.add_worker()
    journey.driver.variables["FENCE_TIMEOUT_SECONDS"] = f"{_LONGEST_SECONDS:.0f}"
    journey.driver.start_replication()
    journey.driver.await_state("caught-up")
    time.sleep(chance.uniform(0.0, 1.5))
    cut_over(journey)
    downtimes.append(measured_downtime(journey))
    with capsys.disabled():
        print(f"\ncutover {number}: {engine}, no payment was acknowledged for {downtimes[-1]:.1f} s")
    assert downtimes[-1] < _LONGEST_SECONDS
    assert journey.problems() == []


def test_median_of_the_pauses_is_short(downtimes: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(
            f"\ncutovers: {len(downtimes)} with seed {_SEED}; no payment was acknowledged for"
            f" {median(downtimes):.1f} s in the median, {max(downtimes):.1f} s at most"
        )
    assert len(downtimes) == _RUNS
    assert median(downtimes) < _MEDIAN_SECONDS


def cut_over(journey: Journey) -> None:
    """Run the operations of a cutover with the waits of production, until clients pay on the target."""
    for operation in _OPERATIONS:
        handler.run(journey.driver.migration(clock=Clock()), {"operation": operation})
    load = journey.load
    wait_until(lambda: len([each for each in load.acknowledgements if each.side == "target"]) >= _PAYMENTS_BEHIND)
    load.stop()


def measured_downtime(journey: Journey) -> float:
    """Return the longest time between two acknowledged payments around the fence."""
    (fence,) = fence_history(journey.driver)
    return fence.downtime_seconds(journey.load.acknowledgements)
