"""The full load of the local DMS, and its start."""

import threading
from contextlib import closing
from typing import Any

import pytest

from common import clients
from support.replication_service import faults
from support.task_driver import STRICT, TaskDriver
from support.waiting import wait_until


def describe(task: str) -> Any:
    """Return the description of a task."""
    filters: Any = [{"Name": "replication-task-arn", "Values": [task]}]
    return clients.dms().describe_replication_tasks(Filters=filters)["ReplicationTasks"][0]


def test_full_load_copies_rows_and_replicates_later_changes(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', 'It''s \\ \"x\"'), (2, 'b', null), (3, 'c', '')")
    driver.source.run("insert into refunds values (1, 1)")
    task = driver.load(settings={"ErrorBehavior": STRICT})
    assert driver.source.rows() == driver.target.rows()
    assert driver.source.rows("refunds") == driver.target.rows("refunds")
    driver.source.run("insert into payments values (4, 'd', 'two lines:\n second')")
    driver.source.run("update payments set note = 'changed' where id = 1")
    driver.source.run("update payments set id = 20 where id = 2")
    driver.source.run("delete from payments where id = 3")
    driver.await_equality()
    statistics = driver.statistics(task)
    assert (statistics["FullLoadRows"], statistics["Inserts"], statistics["Updates"], statistics["Deletes"]) == (
        *(3, 1, 2, 1),
    )
    assert statistics["TableState"] == "Table completed"
    assert describe(task)["ReplicationTaskStats"]["FullLoadProgressPercent"] == 100


def test_tables_are_selected_by_like_patterns_and_an_exclusion_wins(driver: TaskDriver) -> None:
    driver.source.run("create table refund_notes (id integer primary key)")
    for name in ("payments values (1, 'a', '')", "refund_notes values (1)"):
        driver.source.run(f"insert into {name}")
    rules = [("include", driver.source.schema, "%"), ("exclude", "%", "refund_%"), ("exclude", "%", "awsdms%")]
    task = driver.load(rules=rules)
    assert {table.name for table in driver.run(task).tables} == {"payments"}


def test_task_without_tables_fails(driver: TaskDriver) -> None:
    task = driver.task(rules=[("include", "absent", "%")])
    driver.start(task)
    assert "no tables were captured" in driver.failure(task)


def test_task_between_tables_that_differ_fails_by_its_policy(driver: TaskDriver) -> None:
    driver.target.run("drop table refunds")
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.source.run("insert into refunds values (1, 1)")
    task = driver.task(settings={"ErrorBehavior": {"TableErrorPolicy": "STOP_TASK"}})
    driver.start(task)
    assert "refunds" in driver.failure(task)
    assert driver.statistics(task, "refunds")["TableState"] == "Table error"


def test_table_in_error_is_suspended_by_default(driver: TaskDriver) -> None:
    driver.target.run("drop table refunds")
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.source.run("insert into refunds values (1, 1)")
    task = driver.load(settings={"ControlTablesSettings": {"SuspendedTablesTableEnabled": True}})
    driver.source.run("insert into refunds values (2, 1)")
    driver.source.run("insert into payments values (2, 'b', '')")
    driver.await_equality()
    assert driver.statistics(task, "refunds")["TableState"] == "Table error"
    assert describe(task)["ReplicationTaskStats"]["TablesErrored"] == 1
    assert "awsdms_suspended_tables" in driver.target.tables()


def test_rows_of_the_target_are_kept_or_truncated_before_the_load(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.target.run("insert into payments values (9, 'old', '')")
    driver.target.run("drop table refunds")  # whose foreign key prevents TRUNCATE
    rules = [("include", driver.source.schema, "payments")]
    task = driver.load(rules=rules)
    assert [row[0] for row in driver.target.rows()] == [1, 9]
    driver.stop(task)
    truncate = {"FullLoadSettings": {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"}}
    driver.load(rules=rules, settings=truncate, name="second")
    assert [row[0] for row in driver.target.rows()] == [1]


def test_load_over_existing_rows_is_a_table_error(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.target.run("insert into payments values (1, 'a', '')")
    task = driver.task(settings={"ErrorBehavior": {"TableErrorPolicy": "STOP_TASK"}})
    driver.start(task)
    assert "uplicate" in driver.failure(task)


def test_preparation_that_is_not_implemented_fails_the_task(driver: TaskDriver) -> None:
    task = driver.task(settings={"FullLoadSettings": {"TargetTablePrepMode": "DROP_AND_CREATE"}})
    driver.start(task)
    assert "DROP_AND_CREATE" in driver.failure(task)


def test_full_load_only_ends_as_stopped(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    task = driver.task(kind="full-load")
    driver.start(task)
    driver.await_status(task, "stopped")
    assert "FULL_LOAD_ONLY_FINISHED" in driver.run(task).stop_reason
    assert driver.source.rows() == driver.target.rows()


def test_reloaded_task_copies_all_rows_again(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.target.run("drop table refunds")
    rules = [("include", driver.source.schema, "payments")]
    task = driver.load(rules=rules, settings={"FullLoadSettings": {"TargetTablePrepMode": "TRUNCATE_BEFORE_LOAD"}})
    driver.stop(task)
    driver.target.run("update payments set note = 'wrong'")
    driver.source.run("insert into payments values (2, 'b', '')")
    driver.start(task, "reload-target")
    driver.await_equality()
    assert driver.source.rows() == driver.target.rows()


@pytest.mark.parametrize("is_tolerant", [True, False])
def test_change_during_the_load_may_be_in_the_loaded_rows(postgresql: TaskDriver, is_tolerant: bool) -> None:
    driver = postgresql
    task = driver.task(settings={"ErrorBehavior": {**STRICT, "FullLoadIgnoreConflicts": is_tolerant}})
    driver.source.run("insert into payments values (1, 'a', '')")
    # The load waits for the lock on `payments`; the refund is inserted before `refunds` is read, and so is in both.
    with closing(driver.target.session()) as session:
        session.run("begin; lock table payments in access exclusive mode")
        driver.start(task)
        wait_until(lambda: any(table.state == "Full load" for table in driver.run(task).tables.values()))
        driver.source.run("insert into refunds values (1, 1)")
        session.run("commit")
    driver.await_load(task)
    if is_tolerant:
        driver.source.run("insert into refunds values (2, 1)")
        driver.await_equality("refunds")
    else:
        assert "INSERT of public.refunds" in driver.failure(task)


def test_open_transaction_holds_the_start_back(driver: TaskDriver) -> None:
    task = driver.task()
    with closing(open_transaction(driver)) as session:
        driver.start(task)
        driver.await_status(task, "running")
        threading.Event().wait(0.5)
        assert not driver.run(task).is_loaded
        session.run("commit")
        driver.await_load(task)
    assert [row[0] for row in driver.target.rows()] == [1]


def test_open_transaction_holds_the_start_back_until_the_timeout(mysql: TaskDriver) -> None:
    faults().time_scale = 0.1
    task = mysql.task(settings={"FullLoadSettings": {"TransactionConsistencyTimeout": 10}})
    with closing(open_transaction(mysql)) as session:
        mysql.start(task)
        mysql.await_load(task)
        session.run("commit")
    mysql.await_equality()


def open_transaction(driver: TaskDriver) -> Any:
    """Open a transaction on the source that has written a row."""
    session = driver.source.session()
    session.run("begin")
    session.run("insert into payments values (1, 'a', '')")
    return session
