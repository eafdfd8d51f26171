"""The comparison of both sides before the source is promoted in a rollback."""

import pytest

from common.errors import DatabaseFailure, PreconditionFailed, ValidationFailed
from migration.row_readers.postgresql import PostgreSqlReader
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment


def test_source_is_promoted_after_a_comparison_only(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all("fence_target", "drain_target")
    with pytest.raises(PreconditionFailed, match="final_validation"):
        environment.run("promote_source")
    assert environment.run("final_validation") == {
        "tables": 2,
        "newest_rows_only": [],
        "not_compared": [],
        "daily_totals": 0,
    }
    environment.run("promote_source")
    assert environment.can_log_in(environment.source)


def test_row_that_the_source_lacks_prevents_its_promotion(environment: Environment) -> None:
    environment.pay(environment.source, 2)
    environment.start_replication()
    environment.cut_over()
    environment.source.run("delete from payments where id = 2")
    environment.run_all("fence_target", "drain_target")
    with pytest.raises(ValidationFailed, match=r"differ in public\.payments"):
        environment.run("final_validation")
    with pytest.raises(PreconditionFailed, match="final_validation"):
        environment.run("promote_source")
    assessment = environment.run("assess_rollback")
    assert assessment["path"] == "manual"
    assert "public.payments" in assessment["reason"]


def test_rollback_continues_after_the_source_was_repaired(environment: Environment) -> None:
    environment.pay(environment.source, 2)
    environment.start_replication()
    environment.cut_over()
    environment.source.run("update payments set state = 'lost' where id = 2")
    environment.run_all("fence_target", "drain_target")
    with pytest.raises(ValidationFailed):
        environment.run("final_validation")
    environment.source.run("update payments set state = 'new' where id = 2")
    environment.run("final_validation")
    assert environment.run("assess_rollback")["path"] == "reverse-replication"
    environment.run_all("promote_source", "start_forward_replication")
    assert environment.can_log_in(environment.source)


def test_mysql_row_that_the_source_lacks_prevents_its_promotion(mysql: MySqlEnvironment) -> None:
    mysql.pay(mysql.source, 2)
    mysql.start_replication()
    mysql.cut_over()
    mysql.source.run("delete from payments where id = 2")
    mysql.run_all("fence_target", "drain_target")
    with pytest.raises(ValidationFailed, match=r"differ in buy\d+\.payments"):
        mysql.run("final_validation")
    assert mysql.run("assess_rollback")["path"] == "manual"


def test_comparison_that_cannot_be_completed_does_not_prevent_the_way_back(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all("fence_target", "drain_target")

    def time_out(*_: object) -> None:
        raise DatabaseFailure("57014", "canceling statement due to statement timeout")

    monkeypatch.setattr(PostgreSqlReader, "checksum", time_out)
    answer = environment.run("final_validation")
    assert answer == {
        "tables": 0,
        "newest_rows_only": [],
        "not_compared": ["public.payments", "public.refunds"],
        "daily_totals": 0,
    }
    environment.run("promote_source")
    assert environment.can_log_in(environment.source)
