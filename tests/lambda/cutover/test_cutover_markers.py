"""Markers stop no task, which ends at an UPDATE or DELETE of a missing row and at an INSERT of an existing one."""

from migration.tables import MARKER_TABLE
from support.cutover_driver import CutoverDriver
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment
from support.operator_actions import set_writer
from support.waiting import wait_until


def undo_a_promoted_target(driver: CutoverDriver) -> None:
    """Let a rollback assess and undo a cutover that died between the promotion and the parameter."""
    driver.variables["FENCE_TIMEOUT_SECONDS"] = "300"
    driver.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    set_writer(driver, "fenced")
    assert driver.run("assess_rollback")["path"] == "unfence-source"
    driver.run("unfence_source")
    wait_until(lambda: driver.load_task.status in ("running", "failed"))


def assess_and_continue(driver: CutoverDriver) -> None:
    """Let a rollback assess a later cutover that died at the same point, and continue this cutover to the soak."""
    driver.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    set_writer(driver, "fenced")
    assert driver.run("assess_rollback")["path"] == "unfence-source"
    driver.run_all("promote_target", "start_reverse_replication", "begin_soak")
    assert driver.run("assess_rollback")["path"] == "reverse-replication", driver.reverse_task.stop_reason


def test_assessment_of_an_undone_cutover_does_not_stop_the_next_one(environment: Environment) -> None:
    environment.start_replication()
    undo_a_promoted_target(environment)
    assess_and_continue(environment)


def test_mysql_assessment_of_an_undone_cutover_does_not_stop_the_next_one(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    undo_a_promoted_target(mysql)
    assess_and_continue(mysql)


def test_markers_on_one_side_only_do_not_stop_a_task(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.reverse_task.fail()
    assert environment.run("assess_rollback")["path"] == "manual"
    environment.run_all("start_reverse_replication", "begin_soak")
    assert environment.run("assess_rollback")["path"] == "reverse-replication", environment.reverse_task.stop_reason


def test_full_load_brings_markers_of_an_earlier_migration_again(environment: Environment) -> None:
    environment.run("initialize")
    columns = "id, purpose, at::text"
    for marker in environment.source.run(f"select {columns} from {MARKER_TABLE}"):
        values = ", ".join(f"'{value}'" for value in marker)
        environment.target.run(f"insert into {MARKER_TABLE} values ({values})")
    environment.start_replication()
    environment.await_state("caught-up")
