"""The low watermark: proof that a replication began at its start position, so that it lost no change."""

from collections.abc import Callable

import pytest

from common.errors import MigrationError, ReplicationFailed
from cutover import start_positions
from cutover.direction import Direction
from cutover.migration import Migration
from support.cutover_driver import CutoverDriver
from support.environment import Environment
from support.fault_injection import Killed, killed_at
from support.mysql_environment import MySqlEnvironment
from support.replication_service import faults
from support.waiting import wait_until

_LATE = "did not begin at its start position"


def let_tasks_begin_late() -> None:
    """Let each further task begin behind the changes that exist when it starts, as with a slot that was recreated."""
    faults().starts_late = True


def promote_and_pay(driver: CutoverDriver, pay: Callable[[], None]) -> None:
    """Promote the target, which takes payments before reverse replication starts."""
    driver.start_replication()
    driver.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    pay()


def require_manual_rollback(driver: CutoverDriver) -> None:
    """Start a reverse replication that begins late, and find that no step accepts it."""
    with pytest.raises(ReplicationFailed, match=_LATE):
        driver.run("start_reverse_replication")
    with pytest.raises(ReplicationFailed, match=_LATE):
        driver.run("begin_soak")
    assessment = driver.run("assess_rollback")
    assert assessment["path"] == "manual"
    assert _LATE in assessment["reason"]


def test_reverse_replication_that_began_late_requires_manual_rollback(environment: Environment) -> None:
    promote_and_pay(environment, lambda: environment.pay_once(environment.target, "early"))
    let_tasks_begin_late()
    require_manual_rollback(environment)


def test_mysql_reverse_replication_that_began_late_requires_manual_rollback(mysql: MySqlEnvironment) -> None:
    promote_and_pay(mysql, lambda: mysql.pay(mysql.target))
    let_tasks_begin_late()
    require_manual_rollback(mysql)


def fail_to_drain(driver: CutoverDriver) -> None:
    """Fence the target although its replication began late; the drain must not prove anything."""
    with pytest.raises(MigrationError):
        driver.run("start_reverse_replication")
    driver.run("fence_target")
    with pytest.raises(ReplicationFailed, match=_LATE):
        driver.run("drain_target")


def test_drain_of_a_target_requires_the_low_watermark(environment: Environment) -> None:
    promote_and_pay(environment, lambda: environment.pay_once(environment.target, "early"))
    let_tasks_begin_late()
    fail_to_drain(environment)


def test_mysql_drain_of_a_target_requires_the_low_watermark(mysql: MySqlEnvironment) -> None:
    promote_and_pay(mysql, lambda: mysql.pay(mysql.target))
    let_tasks_begin_late()
    fail_to_drain(mysql)


def test_forward_replication_that_began_late_prevents_the_next_cutover(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all("fence_target", "drain_target", "final_validation", "promote_source")
    environment.pay_once(environment.source, "early")
    let_tasks_begin_late()
    environment.run("start_forward_replication")
    wait_until(lambda: environment.forward_task.status == "running")
    with pytest.raises(ReplicationFailed, match=_LATE):
        environment.run("fence_source")
    assert environment.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)


def resume_late(driver: CutoverDriver, monkeypatch: pytest.MonkeyPatch, pay: Callable[[], None]) -> None:
    """Revoke the fence of the target after its tasks were stopped; it takes payments before they resume, too late."""
    driver.start_replication()
    driver.cut_over()
    driver.run_all("fence_target", "drain_target", "final_validation")
    with killed_at("insert"), pytest.raises(Killed):
        driver.run("promote_source")
    wait_until(lambda: driver.reverse_task.status == "stopped")
    faults().resumes_late = True
    discard = start_positions.discard

    def pay_before_the_resumption(migration: Migration, direction: Direction) -> None:
        discard(migration, direction)
        pay()

    monkeypatch.setattr(start_positions, "discard", pay_before_the_resumption)
    driver.run("unfence_target")
    wait_until(lambda: driver.reverse_task.status == "running")
    assessment = driver.run("assess_rollback")
    assert assessment["path"] == "manual"
    assert _LATE in assessment["reason"]


def test_reverse_replication_that_resumed_late_requires_manual_rollback(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    resume_late(environment, monkeypatch, lambda: environment.pay_once(environment.target, "early"))


def test_mysql_reverse_replication_that_resumed_late_requires_manual_rollback(
    mysql: MySqlEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    resume_late(mysql, monkeypatch, lambda: mysql.pay(mysql.target))


def test_repaired_source_is_accepted_after_its_low_watermark_was_copied(environment: Environment) -> None:
    promote_and_pay(environment, lambda: environment.pay_once(environment.target, "early"))
    let_tasks_begin_late()
    require_manual_rollback(environment)
    for table in ("payments", "paymig_marker"):
        copy_missing_rows(environment, table)
    assert environment.run("assess_rollback")["path"] == "reverse-replication"
    environment.roll_back()
    assert "early" in [row[1] for row in environment.rows(environment.source)]


def copy_missing_rows(environment: Environment, table: str) -> None:
    """Copy the rows that the source lacks, as an operator does who repairs it."""
    present = {row[0] for row in environment.source.run(f"select id from {table}")}
    for row in environment.target.run(f"select * from {table}"):
        if row[0] not in present:
            values = ", ".join(f"'{value}'" for value in row)
            environment.source.run(f"insert into {table} values ({values})")
