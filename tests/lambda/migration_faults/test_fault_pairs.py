"""Seeded pairs of faults of the local DMS, each in a migration of its own.

`make fault-pairs PAIRS=200 SEED=1` runs more of them. The seed and the number of a test determine its pair.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from migration_faults.conftest import Start
from migration_faults.switches import Fault, all_faults

_PAIRS, _SEED = int(os.environ.get("PAYMIG_FAULT_PAIRS", "4")), os.environ.get("PAYMIG_FAULT_SEED", "1")
_ENGINES = ("postgres", "mysql")


@pytest.fixture(scope="module")
def outcomes() -> Iterator[Counter[str]]:
    """Print how the migrations of all pairs ended."""
    found: Counter[str] = Counter()
    yield found
    print(f"\nfault pairs: {found.total()} with seed {_SEED}: {dict(found.most_common())}")


def pair_of(number: int) -> tuple[str, tuple[Fault, Fault]]:
    """Return the engine and the faults of a pair."""
    chance = random.Random(f"{_SEED} {number}")
    faults = all_faults()
    first = chance.choice(faults)
    second = chance.choice([fault for fault in faults if fault.switch != first.switch])
    return chance.choice(_ENGINES), (first, second)


@pytest.mark.parametrize("number", range(_PAIRS))
def test_payments_survive_a_pair_of_faults(
    start: Start, number: int, outcomes: Counter[str], capsys: pytest.CaptureFixture[str]
) -> None:
    engine, faults = pair_of(number)
    journey = start(engine, faults)
    outcome = journey.run()
    outcomes[outcome.split(" after ")[0]] += 1
    with capsys.disabled():
        print(f"\nfault pair {number}: {engine}, {'; '.join(map(str, faults))}: {outcome}")
    assert journey.problems() == [], (engine, [*map(str, faults)], journey.failures)
