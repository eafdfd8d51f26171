"""Writes behind the fence of the source: they prevent the promotion, or are reported by their tables."""

import pytest

from common.errors import PreconditionFailed
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment
from support.waiting import wait_until

_STRAY = "insert into payments (token, amount) values ('stray', 1)"
_UNTIL_PROMOTION = ("fence_source", "drain_source", "final_validation")


def audit_slots(environment: Environment) -> list[str]:
    return [slot for slot in environment.slots(environment.source) if slot.endswith("_aud")]


def tokens(rows: "list[list[object]] | list[tuple[object, ...]]") -> list[object]:
    return [row[1] for row in rows]


@pytest.mark.parametrize(
    ("write", "tables"),
    [
        (_STRAY, r"public\.payments"),
        ("update payments set state = 'settled'", r"public\.payments"),
        ("delete from payments; truncate refunds", r"public\.payments, public\.refunds"),
    ],
)
def test_write_after_the_drain_prevents_the_promotion(environment: Environment, write: str, tables: str) -> None:
    environment.pay(environment.source)
    environment.start_replication()
    environment.run_all(*_UNTIL_PROMOTION)
    environment.source.run(write)
    with pytest.raises(PreconditionFailed, match=f"accepted writes behind its fence, in {tables}: "):
        environment.run("promote_target")
    assert not environment.can_log_in(environment.target)
    assert environment.run("unfence_source") == {"unfenced": True}
    assert audit_slots(environment) == []
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))


def test_writes_before_the_drain_and_to_other_tables_do_not_prevent_the_promotion(environment: Environment) -> None:
    environment.source.run("create schema other; create table other.journal (id int)")
    environment.start_replication()
    environment.run("fence_source")
    assert len(audit_slots(environment)) == 1
    environment.source.run(_STRAY)
    environment.run_all("drain_source", "final_validation")
    environment.source.run("insert into other.journal values (1)")
    environment.run("replication_status")
    environment.run_all("promote_target", "start_reverse_replication")
    assert audit_slots(environment) == []
    assert environment.run("begin_soak") == {"state": "soaking", "stray_writes": []}
    assert tokens(environment.rows(environment.target)) == ["stray"]


def test_write_after_the_promotion_is_reported_with_its_table(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all(*_UNTIL_PROMOTION, "promote_target")
    wait_until(lambda: environment.load_task.status == "stopped")
    environment.source.run(_STRAY)
    environment.run("start_reverse_replication")
    environment.run("start_reverse_replication")
    name = environment.source.dbname
    assert environment.run("begin_soak")["stray_writes"] == [f"public.payments of {name}"]
    assert audit_slots(environment) == []
    environment.source.run("delete from payments")
    environment.target.run(_STRAY)
    environment.roll_back()
    assert tokens(environment.rows(environment.source)) == ["stray"]


def test_promotion_blocks_the_source_again(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all(*_UNTIL_PROMOTION)
    environment.source.run(f"alter role {environment.role} login")
    environment.run("promote_target")
    assert not environment.can_log_in(environment.source)
    assert environment.can_log_in(environment.target)


def test_abandoned_migration_leaves_no_audit(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "unfence_source")
    environment.run("fence_source")
    assert len(audit_slots(environment)) == 1
    environment.run_all("unfence_source", "abandon_migration")
    assert audit_slots(environment) == []


@pytest.mark.parametrize("is_blocked_again", [False, True])
def test_payment_that_an_operator_admitted_to_the_target_prevents_unfencing(
    environment: Environment, *, is_blocked_again: bool
) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source")
    environment.target.run(f"alter role {environment.role} login")
    environment.pay_once(environment.target, "by hand")
    if is_blocked_again:
        environment.target.run(f"alter role {environment.role} nologin")
    assert environment.run("assess_rollback")["path"] == "manual"
    for _ in range(2):
        with pytest.raises(PreconditionFailed):
            environment.run("unfence_source")
    assert not environment.can_log_in(environment.source)


@pytest.mark.parametrize("write", [_STRAY, "truncate table refunds"])
def test_mysql_write_after_the_drain_prevents_the_promotion(mysql: MySqlEnvironment, write: str) -> None:
    mysql.start_replication()
    mysql.run_all(*_UNTIL_PROMOTION)
    mysql.source.server.run("flush binary logs")
    mysql.source.run(write)
    with pytest.raises(PreconditionFailed, match=r"accepted writes behind its fence, in buy\d+\.(payments|refunds): "):
        mysql.run("promote_target")
    assert mysql.logins() == (False, False)
    assert mysql.run("unfence_source") == {"unfenced": True}


def test_mysql_writes_to_other_tables_do_not_prevent_the_promotion(mysql: MySqlEnvironment) -> None:
    mysql.pay(mysql.source)
    mysql.start_replication()
    mysql.run_all("fence_source", "drain_source", "final_validation")
    other = f"{mysql.source.dbname}_other"
    mysql.source.server.run(f"create database {other}")
    try:
        mysql.source.server.run(f"create table {other}.journal (id int)")
        mysql.source.server.run(f"insert into {other}.journal values (1)")
        mysql.run_all("promote_target", "start_reverse_replication")
    finally:
        mysql.source.server.run(f"drop database {other}")
    assert mysql.run("begin_soak") == {"state": "soaking", "stray_writes": []}


def test_mysql_write_after_the_promotion_is_reported_with_its_table(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.run_all(*_UNTIL_PROMOTION, "promote_target")
    wait_until(lambda: mysql.load_task.status == "stopped")
    mysql.source.run(_STRAY)
    mysql.run("start_reverse_replication")
    name = mysql.source.dbname
    assert mysql.run("begin_soak")["stray_writes"] == [f"{name}.payments of {name}"]


def test_mysql_payment_that_an_operator_admitted_to_the_target_prevents_unfencing(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.run_all("fence_source", "drain_source")
    mysql.target.run(f"alter user {mysql.role} account unlock")
    mysql.pay(mysql.target)
    mysql.target.run(f"alter user {mysql.role} account lock")
    assert mysql.run("assess_rollback")["path"] == "manual"
    with pytest.raises(PreconditionFailed):
        mysql.run("unfence_source")
    assert mysql.logins() == (False, False)
