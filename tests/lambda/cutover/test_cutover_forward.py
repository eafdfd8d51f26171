"""The way forward: load, fence, drain, hand over, follow back. Rows really move between two servers."""

import itertools
import json
import threading
import time
from contextlib import closing

import pg8000.native
import pytest

from common import clients
from common.errors import FenceTimeout, PlaceholderSecret, PreconditionFailed, SchemaMismatch, ValidationFailed
from cutover.final import Scope
from migration.tables import Table
from support.environment import APPLICATION, CARRIER, Estate
from support.postgresql_replicator import wait_until


def test_initialize_counts_the_tables_and_shuts_the_target(estate: Estate) -> None:
    assert estate.run("initialize") == {"tables": 2}
    assert estate.may_log_in(estate.source)
    assert not estate.may_log_in(estate.target)


def test_initialize_names_what_differs(estate: Estate) -> None:
    estate.target.run("drop index payments_by_token; alter table refunds alter payment drop not null")
    with pytest.raises(SchemaMismatch, match=r"index on btree \(token\).*refunds: column payment"):
        estate.run("initialize")


def test_initialize_refuses_a_placeholder(estate: Estate) -> None:
    secret = f"{estate.source.dbname}-source-dms"
    clients.secretsmanager().put_secret_value(
        SecretId=secret, SecretString='{"username": "dms", "password": "CHANGE_ME"}'
    )
    with pytest.raises(PlaceholderSecret, match="source-dms"):
        estate.run("initialize")


def test_a_load_is_started_once(estate: Estate) -> None:
    estate.run("initialize")
    assert estate.run("start_full_load") == {"started": True}
    wait_until(lambda: estate.load.status == "running")
    assert estate.run("start_full_load") == {"started": False}


def test_the_target_catches_up(estate: Estate) -> None:
    estate.pay(estate.source, 5)
    estate.run("initialize")
    assert estate.run("replication_status")["state"] == "full-load"
    estate.run("start_full_load")
    wait_until(lambda: estate.load.status == "running")
    estate.pay(estate.source, 5)
    answer = estate.run("replication_status")
    assert (answer["state"], answer["progress"]) == ("caught-up", 100)
    assert estate.rows(estate.target) == estate.rows(estate.source)


def test_a_target_that_stands_still_is_told_by_its_age(estate: Estate) -> None:
    estate.environment["MAX_LAG"] = "1"
    estate.follow()
    estate.run("replication_status")
    estate.load.pause()
    answer = estate.run("replication_status")
    assert answer["state"] == "lagging"
    assert 1 < answer["lag_seconds"] < 600


def test_a_fence_ends_sessions_and_lets_none_in(estate: Estate) -> None:
    estate.follow()
    session = estate.application(estate.source)
    estate.run("fence_source")
    with pytest.raises((pg8000.native.DatabaseError, pg8000.native.InterfaceError)):
        session.run("insert into payments (token, amount) values ('late', 1)")
    assert not estate.may_log_in(estate.source)
    assert estate.parameter("writer") == "fenced"


def test_a_prepared_transaction_keeps_the_fence_from_closing(estate: Estate) -> None:
    estate.environment["FENCE"] = "1"
    estate.follow()
    with closing(estate.application(estate.source)) as session:
        session.run("begin")
        session.run("insert into payments (token, amount) values ('two-phase', 1)")
        session.run("prepare transaction 'left over'")
    try:
        with pytest.raises(FenceTimeout, match="prepared"):
            estate.run("fence_source")
    finally:
        estate.source.run("rollback prepared 'left over'")


def test_a_fence_that_cannot_be_drained_in_time_is_given_up(estate: Estate) -> None:
    estate.environment["FENCE"] = "1"
    estate.follow()
    estate.load.pause()
    estate.run("fence_source")
    with pytest.raises(FenceTimeout, match="did not arrive"):
        estate.run("drain_source")


@pytest.mark.parametrize(
    "change", ["delete from payments where id = 2", "update payments set state = 'lost' where id = 2"]
)
def test_a_row_that_differs_stops_the_cutover(estate: Estate, change: str) -> None:
    estate.pay(estate.source, 3)
    estate.follow()
    estate.target.run(change)
    estate.run_all("fence_source", "drain_source")
    with pytest.raises(ValidationFailed, match=r"public\.payments"):
        estate.run("final_validation")


def test_a_sequence_that_is_missing_stops_the_cutover(estate: Estate) -> None:
    estate.follow()
    estate.target.run("drop sequence receipts")
    estate.run_all("fence_source", "drain_source")
    with pytest.raises(ValidationFailed, match=r"differ in the sequence public\.receipts$"):
        estate.run("final_validation")


def test_as_many_tables_as_there_is_time_for_are_compared_as_a_whole() -> None:
    small, middle, huge = (Table("public", name, rows) for name, rows in (("s", 10), ("m", 900_000), ("h", 10**9)))
    scope = Scope.within([huge, middle, small], seconds=10)
    assert (scope.whole, scope.newest) == ((small, middle), (huge,))
    assert Scope.within([middle, small], seconds=1).whole == (small,)


@pytest.mark.parametrize(
    "counter", ["ValidationFailedRecords", "ValidationPendingRecords", "ValidationSuspendedRecords"]
)
def test_open_records_of_the_tasks_validation_stop_the_cutover(estate: Estate, counter: str) -> None:
    estate.environment["FENCE"] = "2"
    estate.follow()
    estate.run_all("fence_source", "drain_source")
    estate.load.validation = {counter: 1}
    with pytest.raises(ValidationFailed):
        estate.run("final_validation")


def test_steps_out_of_order_are_refused(estate: Estate) -> None:
    estate.follow()
    for operation in (
        "drain_source",
        "final_validation",
        "promote_target",
        "start_reverse_replication",
        "fence_target",
        "begin_soak",
    ):
        with pytest.raises(PreconditionFailed):
            estate.run(operation)
    estate.run("fence_source")
    for operation in (
        "final_validation",
        "promote_target",
        "start_reverse_replication",
        "initialize",
        "start_full_load",
    ):
        with pytest.raises(PreconditionFailed):
            estate.run(operation)


def test_every_payment_survives_a_cutover_under_load(estate: Estate) -> None:
    estate.follow()
    stop = threading.Event()
    paid: list[str] = []
    unheard: list[str] = []

    def shop() -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            time.sleep(0.01)
            side = {"source": estate.source, "target": estate.target}.get(estate.parameter("writer"))
            if side is None:
                continue
            try:
                estate.pay_once(side, f"order-{number}")
                paid.append(f"order-{number}")
            except (pg8000.native.DatabaseError, pg8000.native.InterfaceError):
                unheard.append(f"order-{number}")  # fenced on the way: it may be in, the caller asks again

    shopper = threading.Thread(target=shop)
    shopper.start()
    try:
        wait_until(lambda: len(paid) > 20)
        estate.cross()
        before = len(paid)
        wait_until(lambda: len(paid) > before + 20)
    finally:
        stop.set()
        shopper.join()
    taken = {row[1] for row in estate.rows(estate.target)}
    assert set(paid) <= taken <= {*paid, *unheard}
    wait_until(lambda: estate.rows(estate.source) == estate.rows(estate.target))


def test_after_the_cutover_only_the_target_takes_payments_and_numbers_go_on(estate: Estate) -> None:
    estate.pay(estate.source, 3)
    estate.source.run("select nextval('receipts') from generate_series(1, 7)")
    estate.follow()
    estate.cross()
    assert (estate.may_log_in(estate.source), estate.may_log_in(estate.target)) == (False, True)
    estate.pay(estate.target)
    assert [row[0] for row in estate.rows(estate.target)] == [1, 2, 3, 4]
    assert estate.target.value("select nextval('receipts')") == 107


def test_no_slot_of_the_way_forward_is_left_behind(estate: Estate) -> None:
    estate.follow()
    assert len(estate.slots(estate.source)) == 1
    estate.cross()
    assert estate.slots(estate.source) == []
    assert estate.slots(estate.target) == [f"paymig_{estate.target.dbname}_rev"]


def test_forward_and_reverse_never_run_together(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    starts = [(call["ReplicationTaskArn"], name) for name, call in estate.service.calls]
    assert starts == [
        (estate.load.arn, "StartReplicationTask"),
        (estate.load.arn, "StopReplicationTask"),
        (estate.reverse.arn, "StartReplicationTask"),
    ]
    assert estate.load.status == "stopped"


def test_a_source_whose_administrator_is_not_handed_over_crosses_all_the_same(estate: Estate) -> None:
    dms = f"dms_{estate.role.removeprefix('app_')}"
    estate.source.run(
        f"create role {dms} login replication createrole password '{CARRIER}'; grant pg_signal_backend to {dms};"
        f" grant usage, create on schema public to {dms};"
        f" grant all on all tables in schema public to {dms}; grant all on all sequences in schema public to {dms};"
        f" grant set on parameter session_replication_role to {dms}"
    )
    (replication,) = json.loads(estate.environment["REPLICATIONS"])
    estate.environment["REPLICATIONS"] = json.dumps([{**replication, "source_master_secret": None}])
    estate.pay(estate.source, 2)
    estate.follow()
    estate.cross()
    assert not estate.may_log_in(estate.source)
    estate.pay(estate.target, 2)
    estate.cross_back()
    estate.pay(estate.source)
    assert len(estate.rows(estate.source)) == 5


def test_a_member_of_the_application_s_role_is_fenced_with_it(estate: Estate) -> None:
    clone = f"{estate.role}_clone"
    estate.source.run(f"create role {clone} login password '{APPLICATION}' in role {estate.role}")
    estate.follow()
    estate.run("fence_source")
    assert estate.source.value(f"select rolcanlogin from pg_roles where rolname = '{clone}'") is False
    estate.run("unfence_source")
    assert estate.source.value(f"select rolcanlogin from pg_roles where rolname = '{clone}'") is True


def test_finish_begins_the_soak(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    assert estate.run("begin_soak") == {"state": "soaking"}
