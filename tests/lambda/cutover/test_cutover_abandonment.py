"""The abandonment of a migration: neither a running task nor a slot is left on the source."""

from functools import partial

import pytest

from common import clients
from common.errors import PreconditionFailed
from support.environment import Environment
from support.fault_injection import complete_despite_kills
from support.mysql_environment import MySqlEnvironment
from support.waiting import wait_until


def statuses(environment: Environment | MySqlEnvironment) -> set[str]:
    return {environment.load_task.status, environment.forward_task.status, environment.reverse_task.status}


def test_abandoned_migration_leaves_no_task_and_no_slot(environment: Environment) -> None:
    environment.start_replication()
    assert environment.slots(environment.source) != []
    assert environment.parameter("replication") == "present"
    complete_despite_kills(partial(environment.run, "abandon_migration"))
    assert "running" not in statuses(environment)
    assert environment.slots(environment.source) == environment.slots(environment.target) == []
    assert environment.parameter("replication") == "absent"
    assert environment.can_log_in(environment.source)
    assert environment.run("abandon_migration") == {"state": "abandoned"}


def test_migration_is_abandoned_after_a_rollback_by_reverse_replication(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all(
        "fence_target", "drain_target", "final_validation", "promote_source", "start_forward_replication"
    )
    assert environment.slots(environment.source) == [environment.forward_task.slot]
    environment.run("abandon_migration")
    assert "running" not in statuses(environment)
    assert environment.slots(environment.source) == environment.slots(environment.target) == []


def test_slot_of_a_task_that_a_fence_stopped_is_dropped(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    clients.ssm().put_parameter(
        Name=f"{environment.variables['PARAMETER_PREFIX']}/writer", Value="fenced", Overwrite=True
    )
    environment.run("unfence_source")
    wait_until(lambda: environment.load_task.status == "running")
    environment.load_task.fail()
    environment.run("abandon_migration")
    assert environment.slots(environment.source) == environment.slots(environment.target) == []


def test_migration_is_not_abandoned_after_the_cutover(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    with pytest.raises(PreconditionFailed, match="the writer is target"):
        environment.run("abandon_migration")
    assert environment.reverse_task.status == "running"
    assert environment.parameter("replication") == "present"


def test_abandoned_replication_is_not_resumed(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "unfence_source", "abandon_migration", "unfence_source")
    assert "running" not in statuses(environment)
    with pytest.raises(PreconditionFailed, match="the migration was abandoned"):
        environment.run("start_forward_replication")


def test_abandoned_migration_can_begin_again(environment: Environment) -> None:
    environment.run_as("first", "begin_migration", state_machine_execution="first")
    environment.start_replication()
    environment.run("abandon_migration")
    answer = environment.run_as("second", "begin_migration", state_machine_execution="second")
    assert answer == {"state": "begun"}


def test_environment_without_a_full_load_has_no_replication(environment: Environment) -> None:
    environment.run("initialize")
    assert environment.parameter("replication") == "absent"


def test_mysql_migration_is_abandoned_with_stopped_tasks(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    assert mysql.run("abandon_migration") == {"state": "abandoned"}
    assert "running" not in statuses(mysql)
    assert mysql.parameter("replication") == "absent"
    assert mysql.run("abandon_migration") == {"state": "abandoned"}
