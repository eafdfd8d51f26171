"""Ongoing replication of the local DMS: start positions, resumption, slots, loopback and lost connections."""

import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import Any

import pymysql
import pytest

from common import clients
from support.replication_service import faults
from support.task_driver import STRICT, TaskDriver
from support.waiting import wait_until

_RECOVERY = {"TargetMetadata": {"TaskRecoveryTableEnabled": True}, "ErrorBehavior": STRICT}


def create_slot(driver: TaskDriver, name: str = "slot") -> str:
    """Create a slot by SQL; return its LSN."""
    create = f"select lsn::text from pg_create_logical_replication_slot('{name}_{driver.source.name}', 'test_decoding')"
    return str(driver.source.run(create)[0][0])


def slots(driver: TaskDriver) -> list[str]:
    """Return the slots of the source."""
    return [
        row[0]
        for row in driver.source.run("select slot_name from pg_replication_slots where database = current_database()")
    ]


def cdc_task(driver: TaskDriver, **arguments: Any) -> str:
    """Create a task that only replicates changes. On PostgreSQL it reads the slot of `create_slot`."""
    is_postgresql = driver.source.engine == "postgres"
    settings = {"PostgreSQLSettings": {"SlotName": f"slot_{driver.source.name}"}} if is_postgresql else {}
    ends = driver.endpoint("source", driver.source, **settings), driver.endpoint("target", driver.target)
    return driver.task(kind="cdc", endpoints=ends, settings=_RECOVERY, **arguments)


def position(driver: TaskDriver) -> str:
    """Return the present position of the source, on PostgreSQL that of a new slot."""
    if driver.source.engine == "postgres":
        return create_slot(driver)
    file, offset = driver.source.run("show master status")[0][:2]
    return f"{file}:{offset}"


def test_changes_after_a_start_position_are_replicated(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'before', '')")
    start = position(driver)
    driver.source.run("insert into payments values (2, 'after', '')")
    task = cdc_task(driver)
    driver.start(task, CdcStartPosition=start)
    wait_until(lambda: [row[1] for row in driver.target.rows()] == ["after"])
    assert driver.statistics(task)["TableState"] == "Table completed"


def test_missing_slot_fails_the_task(postgresql: TaskDriver) -> None:
    task = cdc_task(postgresql)
    postgresql.start(task, CdcStartPosition="0/10")
    assert "slot" in postgresql.failure(task)
    assert "does not exist" in postgresql.run(task).last_failure


@pytest.mark.parametrize(
    ("start", "reason"),
    [("tomorrow", "is not an LSN"), ("0/10", "precedes"), ("FFFF/0", "after the end of the write-ahead log")],
)
def test_invalid_lsn_fails_the_task(postgresql: TaskDriver, start: str, reason: str) -> None:
    create_slot(postgresql)
    task = cdc_task(postgresql)
    postgresql.start(task, CdcStartPosition=start)
    assert reason in postgresql.failure(task)


@pytest.mark.parametrize(
    ("start", "reason"), [("tomorrow", "is not FILE:OFFSET"), ("changes.999999:4", "is not in the binary log")]
)
def test_invalid_binary_log_position_fails_the_task(mysql: TaskDriver, start: str, reason: str) -> None:
    task = cdc_task(mysql)
    mysql.start(task, CdcStartPosition=start)
    assert reason in mysql.failure(task)


def test_start_by_time_is_not_implemented(mysql: TaskDriver) -> None:
    task = cdc_task(mysql)
    mysql.start(task, CdcStartTime=datetime(2026, 1, 1, tzinfo=UTC))
    assert "CdcStartTime" in mysql.failure(task)


def test_resumed_task_applies_each_change_once(driver: TaskDriver) -> None:
    start = position(driver)
    task = cdc_task(driver)
    driver.start(task, CdcStartPosition=start)
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.await_equality()
    driver.stop(task)
    driver.source.run("insert into payments values (2, 'b', '')")
    driver.start(task, "resume-processing")
    driver.await_equality()
    driver.await_status(task, "running")
    assert driver.target.exceptions() == []


def test_stopped_task_releases_and_keeps_its_slot_until_it_is_deleted(postgresql: TaskDriver) -> None:
    task = postgresql.load()
    (slot,) = slots(postgresql)
    assert slot.startswith("id_task_")
    active = f"select active from pg_replication_slots where slot_name = '{slot}'"
    wait_until(lambda: bool(postgresql.source.run(active)[0][0]))
    postgresql.stop(task)
    wait_until(lambda: not postgresql.source.run(active)[0][0])
    clients.dms().delete_replication_task(ReplicationTaskArn=task)
    assert slots(postgresql) == []


def test_task_without_its_slot_is_not_resumed(postgresql: TaskDriver) -> None:
    task = postgresql.load()
    postgresql.stop(task)
    wait_until(lambda: postgresql.source.run("select bool_or(active) from pg_replication_slots")[0][0] is False)
    postgresql.source.run(f"select pg_drop_replication_slot('{slots(postgresql)[0]}')")
    postgresql.start(task, "resume-processing")
    assert "does not exist" in postgresql.failure(task)


@pytest.mark.parametrize("is_late", [False, True])
def test_restart_may_lose_the_changes_before_it(driver: TaskDriver, is_late: bool) -> None:
    faults().restarts_late = is_late
    start = position(driver)
    task = cdc_task(driver)
    driver.start(task, CdcStartPosition=start)
    driver.await_status(task, "running")
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.await_equality()
    driver.stop(task)
    if driver.source.engine == "postgres":
        driver.source.run(f"select pg_drop_replication_slot('slot_{driver.source.name}')")
    start = position(driver)
    driver.source.run("insert into payments values (2, 'b', '')")
    driver.start(task, CdcStartPosition=start)
    driver.await_status(task, "running")
    driver.source.run("insert into payments values (3, 'c', '')")
    wait_until(lambda: 3 in [row[0] for row in driver.target.rows()])
    assert [row[0] for row in driver.target.rows()] == ([1, 3] if is_late else [1, 2, 3])


def test_first_start_may_lose_the_changes_before_it(driver: TaskDriver) -> None:
    faults().starts_late = True
    start = position(driver)
    driver.source.run("insert into payments values (1, 'a', '')")
    task = cdc_task(driver)
    driver.start(task, CdcStartPosition=start)
    driver.await_status(task, "running")
    driver.source.run("insert into payments values (2, 'b', '')")
    wait_until(lambda: [row[0] for row in driver.target.rows()] == [2])


def test_changes_of_a_task_are_not_returned_by_the_opposite_task(driver: TaskDriver) -> None:
    schema = driver.source.schema_of_control_tables
    loopback = {"EnableLoopbackPrevention": True, "SourceSchema": schema, "TargetSchema": schema}
    settings = {"LoopbackPreventionSettings": loopback, "ErrorBehavior": STRICT}
    forward = driver.load(settings=settings)
    reverse = driver.task(
        kind="cdc",
        name="reverse",
        settings=settings,
        endpoints=(driver.endpoint("source", driver.target), driver.endpoint("target", driver.source)),
    )
    driver.start(reverse)
    driver.await_status(reverse, "running")
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.await_equality()
    driver.target.run("insert into payments values (2, 'b', '')")
    driver.await_equality()
    time.sleep(0.5)
    assert {driver.run(task).status for task in (forward, reverse)} == {"running"}
    assert driver.statistics(forward)["Inserts"] == driver.statistics(reverse)["Inserts"] == 1


@pytest.mark.parametrize("ignores_every_task", [False, True])
def test_changes_of_a_third_task_may_be_ignored(driver: TaskDriver, ignores_every_task: bool) -> None:
    faults().ignores_every_task = ignores_every_task
    schema = driver.source.schema_of_control_tables
    loopback = {"EnableLoopbackPrevention": True, "SourceSchema": schema, "TargetSchema": schema}
    driver.load(settings={"LoopbackPreventionSettings": loopback})
    mark = "task_name varchar(128) primary key, applied_at timestamp, origin varchar(255)"
    if driver.source.engine == "mysql":
        driver.source.run(f"create database if not exists {schema}")
    driver.source.run(f"create table if not exists {schema}.awsdms_loopback_prevention ({mark})")
    with closing(driver.source.session()) as session:
        session.run("begin")
        session.run("insert into payments values (1, 'a', '')")
        session.run(f"insert into {schema}.awsdms_loopback_prevention values ('third', now(), 'elsewhere')")
        session.run("commit")
    driver.source.run("insert into payments values (2, 'b', '')")
    wait_until(lambda: 2 in [row[0] for row in driver.target.rows()])
    assert [row[0] for row in driver.target.rows()] == ([2] if ignores_every_task else [1, 2])


def test_truncate_is_replicated_if_the_settings_say_so(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.source.run("insert into refunds values (1, 1)")
    driver.load()
    driver.source.run("truncate table refunds")
    driver.await_equality("refunds")
    assert driver.target.rows("refunds") == []


def test_truncate_is_ignored_if_the_settings_say_so(driver: TaskDriver) -> None:
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.source.run("insert into refunds values (1, 1)")
    driver.load(settings={"ChangeProcessingDdlHandlingPolicy": {"HandleSourceTableTruncated": False}})
    driver.source.run("truncate table refunds")
    driver.source.run("insert into payments values (2, 'b', '')")
    driver.await_equality()
    assert len(driver.target.rows("refunds")) == 1


def test_heartbeat_is_written_to_the_source(postgresql: TaskDriver) -> None:
    settings = {"HeartbeatEnable": True, "HeartbeatSchema": "public", "HeartbeatFrequency": 5}
    source = postgresql.endpoint("source", postgresql.source, PostgreSQLSettings=settings)
    faults().time_scale = 0.001  # five minutes take 0.3 s
    postgresql.load(endpoints=(source, postgresql.endpoint("target", postgresql.target)))
    beat = "select hb_last_heartbeat_at from awsdms_heartbeat"
    first = postgresql.source.run(beat)
    wait_until(lambda: postgresql.source.run(beat) != first)


def test_slow_task_stays_starting_and_stopping(driver: TaskDriver) -> None:
    task = driver.task()
    faults().start_seconds, faults().stop_seconds = 0.6, 5.0
    driver.start(task)
    assert driver.run(task).status == "starting"
    time.sleep(0.2)
    assert driver.run(task).status == "starting"
    driver.await_load(task)
    clients.dms().stop_replication_task(ReplicationTaskArn=task)
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.await_equality()  # a stopping task still replicates
    assert driver.run(task).status == "stopping"
    driver.await_status(task, "stopped")


def test_paused_task_applies_no_change(driver: TaskDriver) -> None:
    driver.load()
    faults().paused_tasks.append("id-task")
    driver.source.run("insert into payments values (1, 'a', '')")
    time.sleep(0.3)
    assert driver.target.rows() == []
    faults().paused_tasks.remove("id-task")
    driver.await_equality()


@pytest.mark.parametrize("side", ["source", "target"])
def test_task_retries_while_a_server_is_away(driver: TaskDriver, side: str) -> None:
    task = driver.load(settings=_RECOVERY)
    server = f"127.0.0.1:{getattr(driver, side).port}"
    faults().unreachable_servers.append(server)
    driver.source.run("insert into payments values (1, 'a', '')")
    time.sleep(0.3)
    assert driver.run(task).status == "running"
    assert driver.target.rows() == []
    faults().unreachable_servers.remove(server)
    driver.await_equality()


@pytest.mark.parametrize("side", ["source", "target"])
def test_task_fails_after_its_last_retry(driver: TaskDriver, side: str) -> None:
    task = driver.load(settings={"ErrorBehavior": {"RecoverableErrorCount": 2, "RecoverableErrorInterval": 5}})
    faults().unreachable_servers.append(f"127.0.0.1:{getattr(driver, side).port}")
    assert "RECOVERABLE_ERROR after 2 retries" in driver.failure(task)


@pytest.mark.parametrize("side", ["source", "target"])
def test_task_survives_the_end_of_its_sessions(driver: TaskDriver, side: str) -> None:
    task = driver.load(settings=_RECOVERY)
    database = getattr(driver, side)
    if database.engine == "postgres":
        database.run(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and application_name = 'dms'"
        )
    else:
        for row in database.run("select id from information_schema.processlist where id <> connection_id()"):
            with suppress(pymysql.err.OperationalError):  # a session that has ended meanwhile
                database.run(f"kill {row[0]}")
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.await_equality()
    assert driver.run(task).status == "running"


def test_server_away_can_be_stopped_for(driver: TaskDriver) -> None:
    task = driver.load()
    faults().unreachable_servers.append(f"127.0.0.1:{driver.target.port}")
    time.sleep(0.1)
    driver.stop(task)
