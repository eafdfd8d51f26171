"""A migration that is aborted at any step is rolled back, and the next migration succeeds."""

from functools import partial

import pytest

from support.operator_actions import approve_rollback, lift_hold
from support.state_machines import StateMachines, assert_one_writer
from support.waiting import wait_until

_NO_KILL = ""  # the function completes, although the execution was stopped
_ABORTED_AT = [
    ("shift_traffic", "ModifyRule"),
    ("fence_source", "alter role"),
    ("drain_source", "paymig_marker"),
    ("final_validation", "PutObject"),
    ("promote_target", "alter role"),
    ("promote_target", "PutParameter"),
    ("promote_target", _NO_KILL),
    ("start_reverse_replication", "StartReplicationTask"),
]


@pytest.mark.parametrize(("operation", "effect"), _ABORTED_AT)
def test_aborted_migration_is_rolled_back_and_the_next_one_succeeds(
    machines: StateMachines, operation: str, effect: str
) -> None:
    environment, functions = machines.environment, machines.functions
    functions.before[operation] = partial(machines.abort, "stopped")
    if effect:
        functions.kill_at[operation] = effect
    machines.operator = partial(approve_rollback, environment)
    machines.create()
    assert machines.migrate("stopped").status == "ABORTED"
    assert functions.operations[-1] == "record_rollback"
    assert environment.parameter("writer") == "source"
    assert environment.parameter("traffic/hold") == "ABORTED in stopped"
    lift_hold(environment)
    end = machines.migrate("again")
    assert end.status == "SUCCEEDED", end
    assert_one_writer(machines, "target")
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))
