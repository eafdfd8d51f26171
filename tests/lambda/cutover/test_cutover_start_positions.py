"""Replication slots exist before a fence: their creation waits for every write transaction of the server."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import pytest

from common.errors import MigrationError
from cutover.migration import Migration
from support.environment import Database, Environment
from support.fault_injection import complete_despite_kills
from support.operator_actions import set_writer
from support.waiting import wait_until


@contextmanager
def open_transaction(side: Database) -> Iterator[None]:
    """Keep a write transaction open in another database of the server, which has nothing to do with payments."""
    side.server.run("create table if not exists batch (number int)")
    with closing(side.server.connect()) as session:
        session.run("begin")
        session.run("insert into batch values (1)")
        yield
        session.run("rollback")


def test_fence_is_refused_while_a_slot_cannot_be_created(environment: Environment) -> None:
    environment.variables["FENCE_TIMEOUT_SECONDS"] = "2"
    environment.start_replication()
    with open_transaction(environment.target), pytest.raises(MigrationError, match="slot"):
        environment.run("fence_source")
    assert environment.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)
    environment.variables["FENCE_TIMEOUT_SECONDS"] = "60"
    environment.cut_over()


def test_open_transaction_behind_the_fence_does_not_delay_the_promotion(environment: Environment) -> None:
    environment.variables["FENCE_TIMEOUT_SECONDS"] = "60"
    environment.start_replication()
    environment.run("fence_source")
    with open_transaction(environment.target):
        environment.run_all("drain_source", "final_validation", "promote_target")
        assert environment.can_log_in(environment.target)
        environment.pay_once(environment.target, "early")
    environment.run_all("start_reverse_replication", "begin_soak")
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))


def test_slot_that_cannot_be_created_does_not_prevent_the_way_back(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.pay(environment.target)
    with open_transaction(environment.source):
        environment.variables["FENCE_TIMEOUT_SECONDS"] = "3"
        environment.run("fence_target")
        environment.variables["FENCE_TIMEOUT_SECONDS"] = "60"
        environment.run_all("drain_target", "final_validation", "promote_source")
        assert environment.can_log_in(environment.source)
        answer = environment.run("start_forward_replication")
    assert answer == {"started": False, "full_load_required": [environment.source.dbname]}
    assert environment.slots(environment.source) == environment.slots(environment.target) == []
    assert environment.run("start_forward_replication") == answer
    messages: list[str] = []
    monkeypatch.setattr(Migration, "notify", lambda _, subject, message: messages.append(f"{subject}: {message}"))
    environment.run("record_rollback")
    assert f"until a new full load of {environment.source.dbname}" in messages[0]


def test_reverse_replication_does_not_return_changes_from_before_the_fence(environment: Environment) -> None:
    environment.start_replication()
    environment.run("fence_source")
    environment.source.run("insert into payments (token, amount) values ('administrator', 1)")
    environment.run_all("drain_source", "final_validation", "promote_target", "start_reverse_replication", "begin_soak")
    assert environment.reverse_task.status == "running", environment.reverse_task.stop_reason


def test_slot_of_a_refused_fence_is_dropped(environment: Environment) -> None:
    environment.start_replication()
    (replication,) = json.loads(environment.variables["REPLICATIONS"])
    complete_despite_kills(partial(environment.run, "fence_source"))
    environment.run("unfence_source")
    assert replication["reverse_slot"] not in environment.slots(environment.target)


def test_end_of_the_soak_drops_the_slots_of_a_rollback_that_was_undone(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run("fence_target")
    assert environment.slots(environment.source) == [f"paymig_{environment.source.dbname}_fwd"]
    set_writer(environment, "target")
    environment.run("end_soak")
    assert environment.slots(environment.source) == environment.slots(environment.target) == []
