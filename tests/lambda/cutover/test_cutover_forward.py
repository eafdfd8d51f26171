"""The cutover on PostgreSQL, step by step; rows are replicated between two servers."""

import itertools
import json
import threading
import time
from contextlib import closing

import pg8000.native
import pytest

from common import clients
from common.errors import FenceTimeout, PlaceholderSecret, PreconditionFailed, SchemaMismatch, ValidationFailed
from cutover.final_validation import Scope
from migration.tables import Table
from support.environment import APPLICATION_PASSWORD, REPLICATION_PASSWORD, Environment
from support.waiting import wait_until


def test_initialize_counts_tables_and_blocks_the_target(environment: Environment) -> None:
    assert environment.run("initialize") == {"tables": 2, "ownership": "owner"}
    assert environment.can_log_in(environment.source)
    assert not environment.can_log_in(environment.target)


def test_initialize_reports_schema_differences(environment: Environment) -> None:
    environment.target.run("drop index payments_by_token; alter table refunds alter payment drop not null")
    with pytest.raises(SchemaMismatch, match=r"index on btree \(token\).*refunds: column payment"):
        environment.run("initialize")


def test_initialize_rejects_a_placeholder_secret(environment: Environment) -> None:
    secret = f"{environment.source.dbname}-source-dms"
    clients.secretsmanager().put_secret_value(
        SecretId=secret, SecretString='{"username": "dms", "password": "CHANGE_ME"}'
    )
    with pytest.raises(PlaceholderSecret, match="source-dms"):
        environment.run("initialize")


def test_initialize_rejects_rows_of_an_earlier_load(environment: Environment) -> None:
    environment.target.run("insert into payments (token, amount) values ('earlier', 1)")
    with pytest.raises(PreconditionFailed, match=r"has rows in public\.payments: truncate"):
        environment.run("initialize")


def test_initialize_accepts_rows_of_its_own_load(environment: Environment) -> None:
    environment.pay(environment.source)
    environment.start_replication()
    environment.await_state("caught-up")
    assert environment.run("initialize") == {"tables": 2, "ownership": "owner"}


def test_initialize_puts_no_password_into_the_log_of_a_server(environment: Environment) -> None:
    server = environment.target.server
    log = server.folder / "log"
    server.run("alter role postgres set log_statement = 'all'")
    start = len(log.read_text())
    try:
        environment.run("initialize")
    finally:
        server.run("alter role postgres reset log_statement")
    written = log.read_text()[start:]
    assert f'role "{environment.role}" password ' in written
    assert APPLICATION_PASSWORD not in written
    assert REPLICATION_PASSWORD not in written


def test_full_load_is_started_once(environment: Environment) -> None:
    environment.run("initialize")
    assert environment.run("start_full_load") == {"started": True}
    wait_until(lambda: environment.load_task.status == "running")
    assert environment.run("start_full_load") == {"started": False}


def test_replication_status_becomes_caught_up(environment: Environment) -> None:
    environment.pay(environment.source, 5)
    environment.run("initialize")
    assert environment.run("replication_status")["state"] == "full-load"
    environment.run("start_full_load")
    wait_until(lambda: environment.load_task.status == "running")
    environment.pay(environment.source, 5)
    assert environment.run("replication_status")["state"] == "full-load"  # the statistics are still empty
    assert environment.await_state("caught-up")["progress"] == 100
    assert environment.rows(environment.target) == environment.rows(environment.source)


def test_stalled_target_has_growing_lag(environment: Environment) -> None:
    environment.variables["MAX_LAG_SECONDS"] = "1"
    environment.start_replication()
    environment.await_state("caught-up")
    environment.load_task.pause()
    response = environment.run("replication_status")
    assert response["state"] == "lagging"
    assert 1 < response["lag_seconds"] < 600


def test_fence_ends_sessions_and_blocks_logins(environment: Environment) -> None:
    environment.start_replication()
    session = environment.application_session(environment.source)
    environment.run("fence_source")
    with pytest.raises((pg8000.native.DatabaseError, pg8000.native.InterfaceError)):
        session.run("insert into payments (token, amount) values ('late', 1)")
    assert not environment.can_log_in(environment.source)
    assert environment.parameter("writer") == "fenced"


def test_prepared_transaction_prevents_the_fence(environment: Environment) -> None:
    environment.variables["FENCE_TIMEOUT_SECONDS"] = "1"
    environment.start_replication()
    with closing(environment.application_session(environment.source)) as session:
        session.run("begin")
        session.run("insert into payments (token, amount) values ('two-phase', 1)")
        session.run("prepare transaction 'left over'")
    try:
        # It is refused before the fence if it is older than a few seconds by then.
        with pytest.raises((FenceTimeout, PreconditionFailed), match="prepared"):
            environment.run("fence_source")
    finally:
        environment.source.run("rollback prepared 'left over'")


def test_drain_timeout_raises_fence_timeout(environment: Environment) -> None:
    environment.start_replication()
    environment.load_task.pause()
    environment.run("fence_source")
    environment.variables["FENCE_TIMEOUT_SECONDS"] = "1"
    with pytest.raises(FenceTimeout, match="did not arrive"):
        environment.run("drain_source")


@pytest.mark.parametrize(
    "change", ["delete from payments where id = 2", "update payments set state = 'lost' where id = 2"]
)
def test_different_row_stops_the_cutover(environment: Environment, change: str) -> None:
    environment.pay(environment.source, 3)
    environment.start_replication()
    environment.target.run(change)
    environment.run_all("fence_source", "drain_source")
    with pytest.raises(ValidationFailed, match=r"public\.payments"):
        environment.run("final_validation")


def test_missing_sequence_stops_the_cutover(environment: Environment) -> None:
    environment.start_replication()
    environment.target.run("drop sequence receipts")
    environment.run_all("fence_source", "drain_source")
    with pytest.raises(ValidationFailed, match=r"differ in the sequence public\.receipts$"):
        environment.run("final_validation")


def test_scope_contains_whole_tables_within_the_time() -> None:
    small, middle, huge = (Table("public", name, rows) for name, rows in (("s", 10), ("m", 900_000), ("h", 10**9)))
    scope = Scope.within([huge, middle, small], seconds=10)
    assert (scope.whole, scope.newest) == ((small, middle), (huge,))
    assert Scope.within([middle, small], seconds=1).whole == (small,)


@pytest.mark.parametrize("counter", ["ValidationFailedRecords", "ValidationSuspendedRecords"])
def test_failed_dms_validation_records_prevent_the_fence(environment: Environment, counter: str) -> None:
    environment.start_replication()
    environment.await_state("caught-up")
    environment.load_task.set_statistics(**{counter: 1})
    with pytest.raises(ValidationFailed, match="DMS validation"):
        environment.run("fence_source")
    assert environment.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)


def test_final_validation_does_not_wait_for_dms(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source")
    environment.load_task.set_statistics(ValidationPendingRecords=1, ValidationFailedRecords=1)
    assert environment.run("final_validation")["tables"] == 2


def test_steps_out_of_order_are_rejected(environment: Environment) -> None:
    environment.start_replication()
    for operation in (
        "drain_source",
        "final_validation",
        "promote_target",
        "start_reverse_replication",
        "fence_target",
        "begin_soak",
    ):
        with pytest.raises(PreconditionFailed):
            environment.run(operation)
    environment.run("fence_source")
    for operation in (
        "final_validation",
        "promote_target",
        "start_reverse_replication",
        "initialize",
        "start_full_load",
    ):
        with pytest.raises(PreconditionFailed):
            environment.run(operation)


def test_cutover_under_load_keeps_every_payment(environment: Environment) -> None:
    environment.start_replication()
    stop = threading.Event()
    paid: list[str] = []
    unacknowledged: list[str] = []

    def pay_continuously() -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            time.sleep(0.01)
            side = {"source": environment.source, "target": environment.target}.get(environment.parameter("writer"))
            if side is None:
                continue
            try:
                environment.pay_once(side, f"order-{number}")
                paid.append(f"order-{number}")
            except (pg8000.native.DatabaseError, pg8000.native.InterfaceError):
                unacknowledged.append(
                    f"order-{number}"
                )  # fenced during the request: it can be committed, and a client would retry

    payer = threading.Thread(target=pay_continuously)
    payer.start()
    try:
        wait_until(lambda: len(paid) > 20)
        environment.cut_over()
        before = len(paid)
        wait_until(lambda: len(paid) > before + 20)
    finally:
        stop.set()
        payer.join()
    taken = {row[1] for row in environment.rows(environment.target)}
    assert set(paid) <= taken <= {*paid, *unacknowledged}
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))


def test_target_continues_sequences_after_the_cutover(environment: Environment) -> None:
    environment.pay(environment.source, 3)
    environment.source.run("select nextval('receipts') from generate_series(1, 7)")
    environment.start_replication()
    environment.cut_over()
    assert (environment.can_log_in(environment.source), environment.can_log_in(environment.target)) == (False, True)
    environment.pay(environment.target)
    assert [row[0] for row in environment.rows(environment.target)] == [1, 2, 3, 4]
    assert environment.target.value("select nextval('receipts')") == 107


def test_cutover_drops_the_forward_slots(environment: Environment) -> None:
    environment.start_replication()
    assert len(environment.slots(environment.source)) == 1
    environment.cut_over()
    assert environment.slots(environment.source) == []
    assert environment.slots(environment.target) == [f"paymig_{environment.target.dbname}_rev"]


def test_forward_and_reverse_tasks_never_run_together(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    load, reverse = environment.load_task.arn, environment.reverse_task.arn
    calls = list(dict.fromkeys(environment.service.task_calls()))  # DMS may refuse a stop, which is then repeated
    assert calls == [(load, "StartReplicationTask"), (load, "StopReplicationTask"), (reverse, "StartReplicationTask")]
    assert environment.load_task.status == "stopped"


def test_source_without_administrator_secret_completes_the_cutover(environment: Environment) -> None:
    dms = f"dms_{environment.role.removeprefix('app_')}"
    environment.source.run(
        f"create role {dms} login replication createrole password '{REPLICATION_PASSWORD}';"
        f" grant pg_signal_backend to {dms};"
        f" grant usage, create on schema public to {dms};"
        f" grant all on all tables in schema public to {dms}; grant all on all sequences in schema public to {dms};"
        f" grant set on parameter session_replication_role to {dms}"
    )
    (replication,) = json.loads(environment.variables["REPLICATIONS"])
    environment.variables["REPLICATIONS"] = json.dumps([{**replication, "source_master_secret": None}])
    environment.pay(environment.source, 2)
    environment.start_replication()
    environment.cut_over()
    assert not environment.can_log_in(environment.source)
    environment.pay(environment.target, 2)
    environment.roll_back()
    environment.pay(environment.source)
    assert len(environment.rows(environment.source)) == 5


def test_member_of_application_role_is_fenced(environment: Environment) -> None:
    clone = f"{environment.role}_clone"
    environment.source.run(f"create role {clone} login password '{APPLICATION_PASSWORD}' in role {environment.role}")
    environment.start_replication()
    environment.run("fence_source")
    assert environment.source.value(f"select rolcanlogin from pg_roles where rolname = '{clone}'") is False
    environment.run("unfence_source")
    assert environment.source.value(f"select rolcanlogin from pg_roles where rolname = '{clone}'") is True
