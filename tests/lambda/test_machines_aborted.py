"""A migration that is stopped anywhere is rolled back, and the next one ends where every migration ends."""

from functools import partial

import pytest
from common import clients
from cutover import handler
from estate import Estate
from orchestration import Machines, assert_one_writer
from replicator import wait_until

_WHOLE = ""  # the function comes to its end, though nobody waits for it any more
_STOPPED_AT = [
    ("shift", "ModifyRule"),
    ("fence", "alter role"),
    ("drain", "paymig_marker"),
    ("final_validation", "PutObject"),
    ("hand_over", "pg_create_logical"),
    ("hand_over", "PutParameter"),
    ("hand_over", _WHOLE),
    ("start_reverse", "StartReplicationTask"),
]


def lift_hold(estate: Estate) -> None:
    name = f"{estate.environment['PARAMETERS']}/traffic/hold"
    clients.ssm().put_parameter(Name=name, Value="none", Overwrite=True)


def start_reverse(estate: Estate, question: str) -> str:
    """What a person does where the migration ended before the source followed the target."""
    if "the reverse task" in question:
        handler.handle({"operation": "start_reverse", "execution": "by hand"}, None)
        wait_until(lambda: estate.reverse.status == "running")
    return "approve"


@pytest.mark.parametrize(("operation", "effect"), _STOPPED_AT)
def test_a_migration_that_is_stopped_is_rolled_back_and_the_next_one_ends_as_all_do(
    machines: Machines, operation: str, effect: str
) -> None:
    estate, functions = machines.estate, machines.functions
    functions.before[operation] = partial(machines.abort, "stopped")
    if effect:
        functions.killed[operation] = effect
    machines.person = partial(start_reverse, estate)
    machines.create()
    assert machines.migrate("stopped").status == "ABORTED"
    assert functions.done[-1] == "rolled_back"
    assert estate.parameter("writer") == "source"
    assert estate.parameter("traffic/hold") == "ABORTED in stopped"
    lift_hold(estate)
    end = machines.migrate("again")
    assert end.status == "SUCCEEDED", end
    assert_one_writer(machines, "target")
    wait_until(lambda: estate.rows(estate.source) == estate.rows(estate.target))
