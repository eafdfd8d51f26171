"""Every fault of the local DMS: the writer has each acknowledged payment, or the migration refuses before the fence.

`make faults` runs each one in all of its phases, on both engines. Otherwise each has one phase on one engine.
"""

import dataclasses
import os

import pytest

from local_aws.dms_data_plane.faults import Faults
from migration_faults.conftest import Start
from migration_faults.switches import OTHER_FIELDS, SWITCHES, Fault, all_faults
from support.environment import Environment

_ENGINES = ("postgres", "mysql")
_IS_COMPLETE = os.environ.get("PAYMIG_FAULTS") == "all"


def cases() -> list[tuple[str, Fault]]:
    """Return the faults with their engines."""
    if _IS_COMPLETE:
        return [(engine, fault) for fault in all_faults() for engine in _ENGINES]
    return [
        (_ENGINES[number % 2], Fault(name, switch.phases[number // 2 % len(switch.phases)]))
        for number, (name, switch) in enumerate(SWITCHES.items())
    ]


@pytest.mark.parametrize(("engine", "fault"), cases(), ids=str)
def test_payments_survive_a_fault(start: Start, engine: str, fault: Fault, capsys: pytest.CaptureFixture[str]) -> None:
    journey = start(engine, [fault])
    outcome = journey.run()
    with capsys.disabled():
        print(f"\n{engine}: {fault}: {outcome}")
    assert journey.problems() == [], journey.failures


def test_every_field_of_the_faults_has_a_switch(environment: Environment) -> None:
    fields = {name for switch in SWITCHES.values() for name in switch.fields(environment)}
    assert fields | OTHER_FIELDS.keys() == {each.name for each in dataclasses.fields(Faults)}
    assert fields.isdisjoint(OTHER_FIELDS)
