"""The cutover and the rollback on MariaDB; rows are replicated between two servers."""

import json
import socket
from contextlib import closing
from functools import partial

import pymysql
import pytest

from common import clients
from common.errors import FenceTimeout, InvalidSettings, PreconditionFailed, SchemaMismatch, ValidationFailed
from support.environment import APPLICATION_PASSWORD, REPLICATION_PASSWORD
from support.fault_injection import complete_despite_kills
from support.mysql_environment import MySqlEnvironment
from support.validation_driver import mysql_reader
from support.waiting import wait_until


def is_in_sync(mysql: MySqlEnvironment) -> bool:
    return mysql.rows(mysql.source) == mysql.rows(mysql.target)


def set_writer(mysql: MySqlEnvironment, writer: str) -> None:
    clients.ssm().put_parameter(Name=f"{mysql.variables['PARAMETER_PREFIX']}/writer", Value=writer, Overwrite=True)


def test_initialize_creates_users_and_blocks_the_target(mysql: MySqlEnvironment) -> None:
    assert mysql.run("initialize") == {"tables": 2, "ownership": "owner"}
    assert mysql.logins() == (True, False)
    assert mysql.run("premigration_check") == {"tables": 2}


def test_initialize_rejects_rows_of_an_earlier_load(mysql: MySqlEnvironment) -> None:
    mysql.target.run("insert into payments (token, amount) values ('earlier', 1)")
    with pytest.raises(PreconditionFailed, match=r"has rows in buy\d+\.payments: truncate"):
        mysql.run("initialize")


def test_initialize_reports_schema_differences(mysql: MySqlEnvironment) -> None:
    mysql.target.run("alter table payments drop key payments_by_token, modify state varchar(16)")
    with pytest.raises(SchemaMismatch, match=r"payments: column state; .*payments: index on token"):
        mysql.run("initialize")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("create trigger twice after insert on payments for each row set @x = 1", "has the trigger twice"),
        (
            "alter table refunds add constraint gone foreign key (payment) references payments (id) on delete cascade",
            "has the foreign key gone",
        ),
        ("create event nightly on schedule every 1 day do delete from payments", r"the event buy\d+\.nightly"),
    ],
)
def test_initialize_rejects_replication_blockers(mysql: MySqlEnvironment, statement: str, expected: str) -> None:
    for side in (mysql.source, mysql.target):
        side.run(statement)
    with pytest.raises(SchemaMismatch, match=expected):
        mysql.run("initialize")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "alter table payments add doubled decimal(12, 2) generated always as (amount * 2) stored",
            "has the generated column doubled",
        ),
        ("alter table refunds add why longtext not null", "has the LOB column why"),
        ("alter table payments modify at timestamp(6) not null default current_timestamp(6)", "time zone is not UTC"),
    ],
)
def test_initialize_rejects_dms_limitations(mysql: MySqlEnvironment, statement: str, expected: str) -> None:
    for side in (mysql.source, mysql.target):
        side.run(statement)
    mysql.source.server.run("set global time_zone = '-05:00'")
    try:
        with pytest.raises(SchemaMismatch, match=expected):
            mysql.run("initialize")
    finally:
        mysql.source.server.run("set global time_zone = 'SYSTEM'")


@pytest.fixture
def without_administrator(mysql: MySqlEnvironment) -> MySqlEnvironment:
    """A source without an administrator secret: the replication user has the privileges of docs/cutover.md."""
    (replication,) = json.loads(mysql.variables["REPLICATIONS"])
    mysql.variables["REPLICATIONS"] = json.dumps([{**replication, "source_master_secret": None}])
    user, source = f"dms_{mysql.source.dbname}", mysql.source
    source.run(f"create user {user} identified by '{REPLICATION_PASSWORD}'")
    for grant in (*GRANTED, f"all on {source.dbname}.*", "all on awsdms_control.*"):
        what, place = grant.split(" on ")
        source.run(f"grant {what} on {place} to {user}")
    return mysql


GRANTED = (
    "replication slave, replication client, create user, process, connection admin on *.*",
    "select on mysql.*",
)


def test_source_without_administrator_secret_completes_the_cutover(without_administrator: MySqlEnvironment) -> None:
    environment = without_administrator
    environment.pay(environment.source, 2)
    environment.start_replication()
    with closing(environment.source.application_session(environment.role)) as session:
        environment.cut_over()
        with pytest.raises(pymysql.err.Error):
            session.query("select 1")
    environment.pay(environment.target, 2)
    environment.target.run("delete from payments where id = 4")
    environment.roll_back()
    environment.pay(environment.source)
    assert [row[0] for row in environment.rows(environment.source)] == [1, 2, 3, 5]


@pytest.mark.parametrize("right", ["process", "create user", "connection admin"])
def test_initialize_rejects_an_administrator_without_process_privileges(
    without_administrator: MySqlEnvironment, right: str
) -> None:
    without_administrator.source.run(f"revoke {right} on *.* from dms_{without_administrator.source.dbname}")
    with pytest.raises(SchemaMismatch, match=right.upper().replace(" ", "[_ ]")):
        without_administrator.run("initialize")


def test_initialize_rejects_an_administrator_without_trigger_privilege(without_administrator: MySqlEnvironment) -> None:
    source = without_administrator.source
    source.run(f"revoke trigger on {source.dbname}.* from dms_{source.dbname}")
    with pytest.raises(SchemaMismatch, match="lacks the privilege TRIGGER in"):
        without_administrator.run("initialize")


def test_fence_without_process_privilege_is_rejected(without_administrator: MySqlEnvironment) -> None:
    without_administrator.start_replication()
    without_administrator.source.run(f"revoke process on *.* from dms_{without_administrator.source.dbname}")
    with pytest.raises(PreconditionFailed, match="PROCESS"):
        without_administrator.run("fence_source")


def test_login_during_the_fence_is_ended(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    with socket.create_connection(("127.0.0.1", mysql.source.server.port)) as half:
        assert half.recv(4)  # the handshake has begun: the server waits for the user name
        mysql.run("fence_source")
        half.settimeout(5)
        while half.recv(1_024):
            pass  # the server closed the connection


def test_replication_status_becomes_caught_up(mysql: MySqlEnvironment) -> None:
    mysql.pay(mysql.source, 5)
    mysql.start_replication()
    mysql.pay(mysql.source, 5)
    assert mysql.await_state("caught-up")["progress"] == 100
    assert is_in_sync(mysql)


def test_stalled_target_has_growing_lag(mysql: MySqlEnvironment) -> None:
    mysql.variables["MAX_LAG_SECONDS"] = "1"
    mysql.start_replication()
    mysql.await_state("caught-up")
    mysql.load_task.pause()
    response = mysql.run("replication_status")
    assert response["state"] == "lagging"
    assert 1 < response["lag_seconds"] < 600


def test_fence_ends_sessions_and_blocks_logins(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    with closing(mysql.source.application_session(mysql.role)) as session:
        mysql.run("fence_source")
        with pytest.raises(pymysql.err.Error):
            session.query("insert into payments (token, amount) values ('late', 1)")
    assert mysql.logins() == (False, False)
    assert mysql.parameter("writer") == "fenced"


def test_rotation_clone_user_is_fenced(mysql: MySqlEnvironment) -> None:
    mysql.source.run(f"create user {mysql.role}_clone identified by '{APPLICATION_PASSWORD}'")
    mysql.source.run(f"grant insert on {mysql.source.dbname}.* to {mysql.role}_clone")
    mysql.start_replication()
    mysql.run("fence_source")
    with pytest.raises(pymysql.err.OperationalError):
        mysql.source.application_session(f"{mysql.role}_clone")
    mysql.run("unfence_source")
    mysql.source.application_session(f"{mysql.role}_clone").close()


def test_grantee_of_application_role_is_fenced(mysql: MySqlEnvironment) -> None:
    heir, role = f"{mysql.role}_clone", "payment_app"
    mysql.source.run(f"create role {role}")
    try:
        mysql.source.run(f"create user {heir} identified by '{APPLICATION_PASSWORD}'")
        mysql.source.run(f"grant all on {mysql.source.dbname}.* to {heir}")
        (replication,) = json.loads(mysql.variables["REPLICATIONS"])
        mysql.variables["REPLICATIONS"] = json.dumps([{**replication, "source_application_secret": None}])
        mysql.source.run(f"grant {role} to {heir}")
        mysql.source.run(f"grant {role} to {mysql.role}")
        mysql.start_replication()
        mysql.run("fence_source")
        assert not mysql.can_log_in(mysql.source)
    finally:
        mysql.source.run(f"drop role {role}")


def test_prepared_transaction_prevents_the_fence(mysql: MySqlEnvironment) -> None:
    mysql.variables["FENCE_TIMEOUT_SECONDS"] = "1"
    mysql.start_replication()
    with closing(mysql.source.application_session(mysql.role)) as session, session.cursor() as cursor:
        cursor.execute("xa begin 'left over'")
        cursor.execute("insert into payments (token, amount) values ('two-phase', 1)")
        cursor.execute("xa end 'left over'")
        cursor.execute("xa prepare 'left over'")
    try:
        # It is refused before the fence if it is older than a few seconds by then.
        with pytest.raises((FenceTimeout, PreconditionFailed), match="prepared"):
            mysql.run("fence_source")
    finally:
        mysql.source.run("xa rollback 'left over'")


@pytest.mark.parametrize("change", ["delete from payments where id = 2", "update payments set amount = 9 where id = 2"])
def test_different_row_stops_the_cutover(mysql: MySqlEnvironment, change: str) -> None:
    mysql.pay(mysql.source, 3)
    mysql.start_replication()
    mysql.target.run(change)
    mysql.run_all("fence_source", "drain_source")
    with pytest.raises(ValidationFailed, match=r"\.payments"):
        mysql.run("final_validation")


def test_missing_auto_increment_stops_the_cutover(mysql: MySqlEnvironment) -> None:
    for side in (mysql.source, mysql.target):
        side.run("create table receipts (id bigint auto_increment primary key)")
    mysql.start_replication()
    mysql.target.run("alter table receipts modify id bigint not null")
    mysql.run_all("fence_source", "drain_source")
    with pytest.raises(ValidationFailed, match=r"differ in the sequence buy\d+\.receipts$"):
        mysql.run("final_validation")


def test_auto_increment_of_excluded_table_is_ignored(mysql: MySqlEnvironment) -> None:
    mysql.target.run("create table drafts (id bigint auto_increment primary key)")
    with mysql_reader(mysql.target.server, mysql.target.dbname) as reader:
        moved = reader.tables((f"{mysql.target.dbname}.pay%",))
        assert list(reader.sequences(moved)) == [f"{mysql.target.dbname}.payments"]


def test_target_continues_sequences_after_the_cutover(mysql: MySqlEnvironment) -> None:
    mysql.pay(mysql.source, 5)
    mysql.source.run("delete from payments where id in (4, 5)")  # their numbers are not used again
    mysql.start_replication()
    mysql.cut_over()
    assert mysql.logins() == (False, True)
    assert mysql.run("postmigration_check") == {"writer": "target"}
    mysql.pay(mysql.target)
    assert [row[0] for row in mysql.rows(mysql.target)] == [1, 2, 3, 6]
    wait_until(lambda: is_in_sync(mysql))
    assert mysql.run("begin_soak") == {"state": "soaking", "stray_writes": []}


def test_reverse_task_starts_at_the_promotion_position(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.cut_over()
    (start,) = [call for _, call in mysql.service.calls if call.get("ReplicationTaskArn") == mysql.reverse_task.arn]
    assert start["CdcStartPosition"].startswith("changes.0")
    assert mysql.load_task.status == "stopped"


def test_cutover_rollback_and_second_cutover_succeed(mysql: MySqlEnvironment) -> None:
    mysql.pay(mysql.source, 2)
    mysql.start_replication()
    mysql.cut_over()
    mysql.pay(mysql.target, 2)
    mysql.target.run("update payments set state = 'settled' where id = 1")
    mysql.target.run("delete from payments where id = 2")
    assert mysql.run("assess_rollback") == {
        "path": "reverse-replication",
        "reason": "reverse replication has caught up",
    }
    mysql.roll_back()
    assert mysql.logins() == (True, False)
    mysql.pay(mysql.source, 2)
    assert mysql.run("replication_status")["state"] == "caught-up"
    mysql.cut_over()
    mysql.pay(mysql.target, 2)
    wait_until(lambda: is_in_sync(mysql))
    assert [row[0] for row in mysql.rows(mysql.source)] == [1, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    "steps", [["fence_source"], ["fence_source", "drain_source"], ["fence_source", "drain_source", "final_validation"]]
)
def test_fence_can_be_lifted_until_the_promotion(mysql: MySqlEnvironment, steps: list[str]) -> None:
    mysql.start_replication()
    mysql.run_all(*steps)
    assert mysql.run("assess_rollback")["path"] == "unfence-source"
    assert mysql.run("unfence_source") == {"unfenced": True}
    assert mysql.logins() == (True, False)
    mysql.pay(mysql.source)
    wait_until(lambda: is_in_sync(mysql))


def test_promoted_target_without_writes_is_abandoned(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    mysql.target.server.run("flush binary logs")
    set_writer(mysql, "fenced")
    assert mysql.run("assess_rollback")["path"] == "unfence-source"
    mysql.run("unfence_source")
    assert mysql.logins() == (True, False)
    wait_until(lambda: mysql.load_task.status == "running")
    mysql.pay(mysql.source)
    wait_until(lambda: is_in_sync(mysql))


@pytest.mark.parametrize(
    "write", ["insert into payments (token, amount) values ('new', 1)", "truncate table refunds", "delete from refunds"]
)
def test_promoted_target_with_writes_is_not_abandoned(mysql: MySqlEnvironment, write: str) -> None:
    mysql.pay(mysql.source)
    mysql.source.run("insert into refunds values (unhex(md5('r')), 1, 1)")
    mysql.start_replication()
    mysql.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    mysql.target.run(write)
    set_writer(mysql, "fenced")
    assert mysql.run("assess_rollback")["path"] == "manual"
    with pytest.raises(PreconditionFailed, match="accepted writes"):
        mysql.run("unfence_source")
    assert not mysql.can_log_in(mysql.source)


def test_failed_changes_require_manual_rollback(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.cut_over()
    assert mysql.run("assess_rollback")["path"] == "reverse-replication"
    values = f"'rev', '{mysql.source.dbname}', 'payments', now(), 'insert', 'duplicate key'"
    mysql.source.run(f"insert into awsdms_control.awsdms_apply_exceptions values ({values})")
    assert mysql.run("assess_rollback")["path"] == "manual"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("set global binlog_format = STATEMENT", "has binlog_format other than ROW"),
        ("set global binlog_row_image = MINIMAL", "has binlog_row_image other than FULL"),
        ("set global expire_logs_days = 0.5", "keeps its binary log for less than a day"),
    ],
)
def test_pre_validation_reports_each_missing_prerequisite(mysql: MySqlEnvironment, fault: str, expected: str) -> None:
    mysql.run("initialize")
    mysql.source.server.run(fault)
    try:
        with pytest.raises(ValidationFailed, match=f"the source {expected}"):
            mysql.run("premigration_check")
    finally:
        for setting in ("binlog_format = ROW", "binlog_row_image = FULL", "expire_logs_days = 0"):
            mysql.source.server.run(f"set global {setting}")


def test_replication_between_different_engines_is_rejected(mysql: MySqlEnvironment) -> None:
    mysql.variables["REPLICATIONS"] = mysql.variables["REPLICATIONS"].replace(
        '"engine"', '"source_engine": "postgres", "engine"'
    )
    with pytest.raises(InvalidSettings, match="the source is postgres, the target mysql"):
        mysql.run("initialize")


def test_cutover_and_rollback_with_kills_at_every_effect_succeed(mysql: MySqlEnvironment) -> None:
    mysql.variables["FENCE_TIMEOUT_SECONDS"] = "900"  # many attempts share one fence
    mysql.pay(mysql.source, 3)

    def is_settled() -> bool:
        return not any(task.status in ("starting", "stopping") for task in mysql.service.tasks.values())

    def run_and_settle(operation: str) -> None:
        mysql.run(operation)
        wait_until(is_settled)

    for operation in (
        "initialize",
        "start_full_load",
        "fence_source",
        "drain_source",
        "final_validation",
        "promote_target",
        "start_reverse_replication",
    ):
        assert complete_despite_kills(partial(run_and_settle, operation)) >= 1, operation
        if operation == "start_full_load":
            mysql.record_comparison()
    assert (mysql.parameter("writer"), *mysql.logins()) == ("target", False, True)
    mysql.pay(mysql.target, 3)
    for operation in (
        "fence_target",
        "drain_target",
        "final_validation",
        "promote_source",
        "start_forward_replication",
    ):
        assert complete_despite_kills(partial(run_and_settle, operation)) >= 1, operation
    assert (mysql.parameter("writer"), *mysql.logins()) == ("source", True, False)
    mysql.pay(mysql.source, 3)
    wait_until(lambda: is_in_sync(mysql))
    assert [row[0] for row in mysql.rows(mysql.source)] == list(range(1, 10))
