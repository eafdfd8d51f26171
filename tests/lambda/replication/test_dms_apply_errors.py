"""Changes that do not apply, by the error policies of a task."""

from typing import Any

import pytest

from support.replication_service import faults
from support.task_driver import STRICT, TaskDriver
from support.waiting import wait_until

_DIVERGENCE = {
    "INSERT": ("insert into payments values (2, 'b', '')", "insert into payments values (2, 'b', '')"),
    "UPDATE": ("delete from payments where id = 1", "update payments set note = 'x' where id = 1"),
    "DELETE": ("delete from payments where id = 1", "delete from payments where id = 1"),
}


def diverge(driver: TaskDriver, verb: str) -> None:
    """Change the target, and then the source so that the change does not apply."""
    before, change = _DIVERGENCE[verb]
    driver.target.run(before)
    driver.source.run(change)


def loaded(driver: TaskDriver, **policies: str) -> str:
    """Load one payment with these policies."""
    driver.source.run("insert into payments values (1, 'a', '')")
    return driver.load(settings={"ErrorBehavior": policies})


@pytest.mark.parametrize("verb", _DIVERGENCE)
def test_change_that_does_not_apply_stops_the_task(driver: TaskDriver, verb: str) -> None:
    task = loaded(driver, **STRICT)
    diverge(driver, verb)
    assert f"{verb} of {driver.source.schema}.payments" in driver.failure(task)
    assert "FATAL_ERROR" in driver.run(task).stop_reason
    ((name, table, error),) = driver.target.exceptions()
    assert (name, table) == ("id-task", "payments")  # the resource id, not the identifier
    assert error


def test_transaction_of_a_stopped_task_has_no_effect(driver: TaskDriver) -> None:
    task = loaded(driver, **STRICT)
    driver.target.run("delete from payments where id = 1")
    driver.source.run("insert into payments values (5, 'e', '')")
    wait_until(lambda: len(driver.target.rows()) == 1)
    if driver.source.engine == "postgres":
        driver.source.run("begin; insert into payments values (6, 'f', ''); delete from payments where id = 1; commit")
    else:
        driver.source.run("delete from payments where id in (1, 5)")
    driver.failure(task)
    assert [row[0] for row in driver.target.rows()] == [5]


@pytest.mark.parametrize("verb", _DIVERGENCE)
def test_change_that_does_not_apply_is_logged(driver: TaskDriver, verb: str) -> None:
    task = loaded(driver, **dict.fromkeys(STRICT, "LOG_ERROR"))
    diverge(driver, verb)
    driver.source.run("insert into payments values (7, 'g', '')")
    wait_until(lambda: 7 in [row[0] for row in driver.target.rows()])
    assert driver.run(task).status == "running"
    assert [row[:2] for row in driver.target.exceptions()] == [("id-task", "payments")]


@pytest.mark.parametrize("verb", _DIVERGENCE)
def test_change_that_does_not_apply_is_ignored(driver: TaskDriver, verb: str) -> None:
    loaded(driver, **dict.fromkeys(STRICT, "IGNORE_RECORD"))
    diverge(driver, verb)
    driver.source.run("insert into payments values (7, 'g', '')")
    wait_until(lambda: 7 in [row[0] for row in driver.target.rows()])
    assert driver.target.exceptions() == []


def test_change_that_does_not_apply_suspends_the_table(driver: TaskDriver) -> None:
    task = loaded(driver, **dict.fromkeys(STRICT, "SUSPEND_TABLE"))
    diverge(driver, "UPDATE")
    wait_until(lambda: driver.statistics(task)["TableState"] == "Table error")
    driver.target.run("insert into payments values (7, 'h', '')")
    driver.source.run("insert into payments values (7, 'g', '')")
    driver.source.run("insert into refunds values (1, 7)")
    wait_until(lambda: len(driver.target.rows("refunds")) == 1)
    assert tuple(row[1] for row in driver.target.rows()) == ("h",)


def test_update_without_an_effect_applies(driver: TaskDriver) -> None:
    task = loaded(driver, **STRICT)
    driver.target.run("update payments set note = 'x' where id = 1")
    driver.source.run("update payments set note = 'x' where id = 1")
    driver.source.run("insert into payments values (7, 'g', '')")
    driver.await_equality()
    assert driver.run(task).status == "running"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"awsdms_apply_exceptions"}),
        (
            {
                "ControlTablesSettings": {
                    "StatusTableEnabled": True,
                    "HistoryTableEnabled": True,
                    "SuspendedTablesTableEnabled": True,
                    "FullLoadExceptionTableEnabled": True,
                },
                "TargetMetadata": {"TaskRecoveryTableEnabled": True},
            },
            {
                *("awsdms_apply_exceptions", "awsdms_status", "awsdms_history", "awsdms_suspended_tables"),
                *("awsdms_full_load_exceptions", "awsdms_txn_state"),
            },
        ),
    ],
)
def test_control_tables_are_created_as_enabled(
    driver: TaskDriver, settings: dict[str, Any], expected: set[str]
) -> None:
    driver.load(settings=settings)
    assert driver.target.tables() == expected


def test_control_schema_is_that_of_the_settings(postgresql: TaskDriver) -> None:
    postgresql.target.run("create schema control")
    postgresql.load(settings={"ControlTablesSettings": {"ControlSchema": "control"}})
    assert postgresql.target.run("select count(*) from control.awsdms_apply_exceptions") == [[0]]


def test_task_fails_by_a_fault(driver: TaskDriver) -> None:
    task = loaded(driver, **STRICT)
    faults().failing_tasks["id-task"] = "out of memory"
    assert driver.failure(task) == "out of memory"


def test_limited_mode_truncates_large_objects(driver: TaskDriver) -> None:
    driver.source.run(f"insert into payments values (1, 'a', '{'x' * 3_000}')")
    metadata = {"LimitedSizeLobMode": True, "FullLobMode": False, "LobMaxSize": 1}
    driver.load(settings={"TargetMetadata": metadata})
    driver.source.run(f"insert into payments values (2, 'b', '{'y' * 3_000}')")
    wait_until(lambda: len(driver.target.rows()) == 2)
    assert [len(row[2]) for row in driver.target.rows()] == [1_024, 1_024]
