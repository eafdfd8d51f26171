"""The rollback: selection of its path, and that no path loses a payment."""

from contextlib import closing

import pytest

from common import clients
from common.errors import DatabaseFailure, PreconditionFailed
from cutover import handler
from cutover.postgresql.sequences import Sequences
from support.clocks import skipping_clock
from support.environment import Environment
from support.unreachable import unreachable
from support.waiting import wait_until


def test_source_as_writer_stays_the_writer(environment: Environment) -> None:
    environment.start_replication()
    assert environment.run("assess_rollback")["path"] == "unfence-source"
    assert environment.run("unfence_source") == {"unfenced": False}
    assert environment.can_log_in(environment.source)


@pytest.mark.parametrize(
    "steps", [["fence_source"], ["fence_source", "drain_source"], ["fence_source", "drain_source", "final_validation"]]
)
def test_fence_can_be_lifted_until_the_promotion(environment: Environment, steps: list[str]) -> None:
    environment.start_replication()
    environment.run_all(*steps)
    assert environment.run("assess_rollback")["path"] == "unfence-source"
    assert environment.run("unfence_source") == {"unfenced": True}
    assert (environment.can_log_in(environment.source), environment.can_log_in(environment.target)) == (True, False)
    environment.pay(environment.source)
    wait_until(lambda: environment.rows(environment.target) == environment.rows(environment.source))


def test_cutover_after_lifted_fence_succeeds(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "unfence_source")
    environment.pay(environment.source)
    environment.cut_over()
    assert environment.rows(environment.target) == environment.rows(environment.source)


def test_promoted_target_without_writes_is_abandoned(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    clients.ssm().put_parameter(
        Name=f"{environment.variables['PARAMETER_PREFIX']}/writer", Value="fenced", Overwrite=True
    )
    assert environment.run("assess_rollback")["path"] == "unfence-source"
    environment.run("unfence_source")
    assert (environment.can_log_in(environment.source), environment.can_log_in(environment.target)) == (True, False)
    assert environment.slots(environment.target) == []
    wait_until(lambda: environment.load_task.status == "running")
    environment.pay(environment.source)
    wait_until(lambda: environment.rows(environment.target) == environment.rows(environment.source))


def test_promoted_target_with_writes_is_not_abandoned(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    environment.pay(environment.target)
    clients.ssm().put_parameter(
        Name=f"{environment.variables['PARAMETER_PREFIX']}/writer", Value="fenced", Overwrite=True
    )
    assert environment.run("assess_rollback")["path"] == "manual"
    with pytest.raises(PreconditionFailed, match="accepted writes"):
        environment.run("unfence_source")
    assert not environment.can_log_in(environment.source)


def test_asynchronously_committed_write_prevents_abandoning_the_target(environment: Environment) -> None:
    environment.start_replication()
    environment.target.run(f"alter role {environment.role} set synchronous_commit = off")
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    environment.pay(environment.target)
    clients.ssm().put_parameter(
        Name=f"{environment.variables['PARAMETER_PREFIX']}/writer", Value="fenced", Overwrite=True
    )
    assert environment.run("assess_rollback")["path"] == "manual"


def test_timed_out_promotion_ends_before_the_source_is_unfenced(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation")

    def meanwhile(*_: object) -> None:
        with pytest.raises(DatabaseFailure, match="another operation holds the lock of the database"):
            handler.run(environment.migration(clock=skipping_clock()), {"operation": "unfence_source"})

    with monkeypatch.context() as patch:
        patch.setattr(Sequences, "write", meanwhile)
        with pytest.raises(PreconditionFailed, match="was revoked"):
            environment.run("promote_target")
    assert environment.run("unfence_source") == {"unfenced": True}
    assert (environment.can_log_in(environment.source), environment.can_log_in(environment.target)) == (True, False)


def test_late_step_finds_no_fence(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "unfence_source")
    with pytest.raises(PreconditionFailed, match="the source is not fenced"):
        environment.run("promote_target")
    assert not environment.can_log_in(environment.target)


def test_rollback_path_after_the_cutover_is_reverse_replication(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    assert environment.run("assess_rollback") == {
        "path": "reverse-replication",
        "reason": "reverse replication has caught up",
    }


def test_stopped_reverse_task_requires_manual_rollback(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    response = environment.run("assess_rollback")
    assert response["path"] == "manual"
    assert "is ready" in response["reason"]


def test_failed_changes_require_manual_rollback(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.source.run(
        "insert into awsdms_apply_exceptions values ('rev', 'public', 'payments', now(), 'insert', 'duplicate key')"
    )
    assert environment.run("assess_rollback")["path"] == "manual"


def test_assessment_without_a_database_fails_so_that_it_is_retried(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    with unreachable(environment, "source"), pytest.raises(DatabaseFailure):
        environment.run("assess_rollback")
    assert environment.run("assess_rollback")["path"] == "reverse-replication"


def test_rollback_returns_payments_of_the_target_to_the_source(environment: Environment) -> None:
    environment.pay(environment.source, 2)
    environment.start_replication()
    environment.cut_over()
    environment.pay(environment.target, 3)
    environment.target.run("update payments set state = 'settled' where id = 1; delete from payments where id = 2")
    environment.roll_back()
    assert environment.rows(environment.source) == environment.rows(environment.target)
    assert (environment.can_log_in(environment.source), environment.can_log_in(environment.target)) == (True, False)
    environment.pay(environment.source)
    assert [row[0] for row in environment.rows(environment.source)] == [1, 3, 4, 5, 6]
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))


def test_rollback_drops_the_reverse_slots(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.roll_back()
    assert environment.slots(environment.target) == []
    assert environment.slots(environment.source) == [f"paymig_{environment.source.dbname}_fwd"]


def test_cutover_rollback_and_second_cutover_succeed(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.pay(environment.target, 2)
    environment.roll_back()
    environment.pay(environment.source, 2)
    assert environment.run("replication_status")["state"] == "caught-up"
    environment.cut_over()
    environment.pay(environment.target, 2)
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))
    assert len(environment.rows(environment.source)) == 6


def test_interrupted_rollback_continues(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all("fence_target", "drain_target")
    assert environment.run("assess_rollback")["path"] == "reverse-replication"
    environment.run_all(
        "fence_target", "drain_target", "final_validation", "promote_source", "start_forward_replication"
    )
    assert environment.can_log_in(environment.source)


def test_record_rollback_writes_a_record_and_notifies(environment: Environment) -> None:
    environment.run("hold_traffic", reason="error rate")
    assert environment.run("record_rollback") == {"writer": "source"}
    state = clients.s3().get_object(
        Bucket=environment.variables["CHECKPOINT_BUCKET"],
        Key=f"rollback/{environment.variables['MIGRATION_NAME']}/run-1.json",
    )["Body"]
    with closing(state):
        assert b'"hold":"error rate"' in state.read()
