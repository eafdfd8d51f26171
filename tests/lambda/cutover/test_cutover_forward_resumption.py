"""Forward replication that did not start after a rollback is made up for, or its slot is dropped."""

import pytest

from common.errors import ReplicationFailed
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment
from support.operator_actions import set_writer
from support.replication_service import faults
from support.waiting import wait_until

_START_SECONDS = 8


def let_tasks_start_slowly() -> None:
    """Let each further task remain in the status `starting` for a while."""
    faults().start_seconds = _START_SECONDS


def test_unfencing_starts_the_forward_replication_that_a_slow_stop_prevented(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    faults().stop_seconds = 6
    environment.variables["TASK_STOP_TIMEOUT_SECONDS"] = "1"
    environment.run_all("fence_target", "drain_target", "final_validation", "promote_source")
    with pytest.raises(ReplicationFailed):
        environment.run("start_forward_replication")
    wait_until(lambda: environment.reverse_task.status == "stopped")
    assert environment.run("assess_rollback")["path"] == "unfence-source"
    environment.run("unfence_source")
    wait_until(lambda: environment.forward_task.status == "running")
    environment.pay(environment.source)
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))
    assert environment.slots(environment.target) == []


def test_mysql_unfencing_starts_the_forward_replication_that_a_slow_stop_prevented(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.cut_over()
    faults().stop_seconds = 6
    mysql.variables["TASK_STOP_TIMEOUT_SECONDS"] = "1"
    mysql.run_all("fence_target", "drain_target", "final_validation", "promote_source")
    with pytest.raises(ReplicationFailed):
        mysql.run("start_forward_replication")
    wait_until(lambda: mysql.reverse_task.status == "stopped")
    mysql.run("unfence_source")
    wait_until(lambda: mysql.forward_task.status == "running")
    mysql.pay(mysql.source)
    wait_until(lambda: mysql.rows(mysql.source) == mysql.rows(mysql.target))


def test_second_rollback_does_not_wait_for_a_load_that_is_starting(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    set_writer(environment, "fenced")
    let_tasks_start_slowly()
    environment.run("unfence_source")
    environment.variables["TASK_STOP_TIMEOUT_SECONDS"] = "3"
    assert environment.run("unfence_source") == {"unfenced": False}
    wait_until(lambda: environment.load_task.status == "running")


def test_assessment_waits_for_a_reverse_task_that_is_starting(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    let_tasks_start_slowly()
    monkeypatch.setattr("cutover.reverse_replication.require_started", lambda _: None)
    environment.run("start_reverse_replication")
    assert environment.reverse_task.status == "starting"
    assert environment.run("assess_rollback")["path"] == "reverse-replication"
