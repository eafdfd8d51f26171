"""Data validation by a task of the local DMS."""

from support.replication_service import faults
from support.task_driver import STRICT, TaskDriver
from support.waiting import wait_until

_VALIDATION = {"ValidationSettings": {"EnableValidation": True}}


def await_state(driver: TaskDriver, task: str, state: str, table: str = "payments") -> None:
    """Wait until the validation of a table has a state."""
    wait_until(lambda: driver.statistics(task, table)["ValidationState"] == state, 20)


def test_rows_are_validated_after_the_load_and_after_changes(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    task = driver.load(settings=_VALIDATION)
    await_state(driver, task, "Validated")
    driver.source.run("insert into payments values (2, 'b', '')")
    driver.await_equality()
    await_state(driver, task, "Validated")
    assert driver.statistics(task)["ValidationPendingRecords"] == 0
    assert driver.statistics(task)["ValidationFailedRecords"] == 0


def test_row_that_differs_is_a_failed_record(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    task = driver.load(settings={**_VALIDATION, "ErrorBehavior": STRICT})
    await_state(driver, task, "Validated")
    driver.target.run("update payments set note = 'x'")
    driver.source.run("insert into payments values (2, 'b', '')")
    await_state(driver, task, "Mismatched records")
    assert driver.statistics(task)["ValidationFailedRecords"] == 1
    schema = driver.target.schema_of_control_tables
    assert len(driver.target.run(f"select * from {schema}.awsdms_validation_failures_v1")) == 1


def test_repaired_row_is_validated(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', 'n')")
    task = driver.load(settings=_VALIDATION)
    driver.target.run("update payments set note = 'x'")
    driver.source.run("insert into payments values (2, 'b', '')")
    await_state(driver, task, "Mismatched records")
    driver.target.run("update payments set note = 'n' where id = 1")
    await_state(driver, task, "Validated")


def test_records_are_pending_before_they_are_compared(driver: TaskDriver) -> None:
    task = driver.load(settings=_VALIDATION)
    await_state(driver, task, "Validated")
    driver.target.run("insert into payments values (9, 'only here', '')")
    driver.source.run("insert into payments values (1, 'a', '')")
    wait_until(lambda: driver.statistics(task)["ValidationPendingRecords"] > 0)


def test_table_without_a_key_is_not_validated(driver: TaskDriver) -> None:
    for database in (driver.source, driver.target):
        database.run("create table notes (text varchar(20))")
    task = driver.load(settings=_VALIDATION)
    await_state(driver, task, "No primary key", "notes")


def test_validation_is_off_by_default(driver: TaskDriver) -> None:
    task = driver.load()
    assert driver.statistics(task)["ValidationState"] == "Not enabled"


def test_task_without_a_load_validates_every_existing_row(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    task = driver.task(kind="cdc", settings=_VALIDATION)
    driver.start(task)
    driver.await_status(task, "running")
    await_state(driver, task, "Mismatched records")


def test_statistics_may_be_replaced(driver: TaskDriver) -> None:
    task = driver.load()
    faults().table_statistics["id-task"] = {"ValidationState": "Suspended records", "ValidationSuspendedRecords": 3}
    assert driver.statistics(task)["ValidationSuspendedRecords"] == 3
