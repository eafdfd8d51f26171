"""The soak: it begins once a row has returned to the source, and its end removes the reverse replication."""

from functools import partial

import pytest

from common.errors import PreconditionFailed, ReplicationFailed
from support.environment import Environment
from support.fault_injection import complete_despite_kills
from support.mysql_environment import MySqlEnvironment


def test_soak_begins_with_reverse_replication_that_has_caught_up(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    assert environment.run("begin_soak") == {"state": "soaking", "stray_writes": []}


def test_reverse_task_that_failed_prevents_the_soak(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.reverse_task.fail()
    with pytest.raises(ReplicationFailed, match=r"reverse task of .* is failed"):
        environment.run("begin_soak")


def test_soak_does_not_end_before_the_cutover(environment: Environment) -> None:
    environment.start_replication()
    with pytest.raises(PreconditionFailed, match="the writer is source"):
        environment.run("end_soak")
    assert environment.parameter("rollback-window") == "open"


def test_end_of_the_soak_leaves_no_task_and_no_slot(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    complete_despite_kills(partial(environment.run, "end_soak"))
    assert environment.reverse_task.status == "stopped"
    assert environment.slots(environment.target) == environment.slots(environment.source) == []
    assert environment.parameter("rollback-window") == "closed"
    assert environment.can_log_in(environment.target)
    assert environment.run("end_soak") == {"state": "ended"}


def test_end_of_the_soak_ends_the_lossless_rollback(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run("end_soak")
    assert environment.run("assess_rollback")["path"] == "manual"
    with pytest.raises(PreconditionFailed, match="the soak has ended"):
        environment.run("start_reverse_replication")


def test_failed_reverse_task_does_not_prevent_the_end_of_the_soak(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.reverse_task.fail()
    environment.run("end_soak")
    assert environment.slots(environment.target) == []


def test_next_migration_opens_the_rollback_window(environment: Environment) -> None:
    environment.run("initialize")
    environment.migration().parameters.close_rollback_window()
    assert environment.parameter("rollback-window") == "closed"
    environment.run("initialize")
    assert environment.parameter("rollback-window") == "open"


def test_mysql_soak_ends_with_a_stopped_task(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.cut_over()
    assert mysql.run("end_soak") == {"state": "ended"}
    assert mysql.reverse_task.status == "stopped"
    assert mysql.parameter("rollback-window") == "closed"
