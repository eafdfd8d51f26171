"""The way back: which one is chosen, and that none loses a payment."""

from contextlib import closing

import pytest

from common import clients
from common.errors import PreconditionFailed
from cutover.postgresql.sequences import Sequences
from support.environment import Estate
from support.postgresql_replicator import wait_until


def test_while_the_source_writes_it_stays_the_writer(estate: Estate) -> None:
    estate.follow()
    assert estate.run("assess_rollback")["path"] == "unfence-source"
    assert estate.run("unfence_source") == {"opened": False}
    assert estate.may_log_in(estate.source)


@pytest.mark.parametrize(
    "steps", [["fence_source"], ["fence_source", "drain_source"], ["fence_source", "drain_source", "final_validation"]]
)
def test_a_fence_is_undone_until_the_target_is_opened(estate: Estate, steps: list[str]) -> None:
    estate.follow()
    estate.run_all(*steps)
    assert estate.run("assess_rollback")["path"] == "unfence-source"
    assert estate.run("unfence_source") == {"opened": True}
    assert (estate.may_log_in(estate.source), estate.may_log_in(estate.target)) == (True, False)
    estate.pay(estate.source)
    wait_until(lambda: estate.rows(estate.target) == estate.rows(estate.source))


def test_a_cutover_that_was_undone_can_be_tried_again(estate: Estate) -> None:
    estate.follow()
    estate.run_all("fence_source", "drain_source", "unfence_source")
    estate.pay(estate.source)
    estate.cross()
    assert estate.rows(estate.target) == estate.rows(estate.source)


def test_a_target_that_was_opened_but_took_nothing_is_given_up_without_loss(estate: Estate) -> None:
    estate.follow()
    estate.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    clients.ssm().put_parameter(Name=f"{estate.environment['PARAMETERS']}/writer", Value="fenced", Overwrite=True)
    assert estate.run("assess_rollback")["path"] == "unfence-source"
    estate.run("unfence_source")
    assert (estate.may_log_in(estate.source), estate.may_log_in(estate.target)) == (True, False)
    assert estate.slots(estate.target) == []
    wait_until(lambda: estate.load.status == "running")
    estate.pay(estate.source)
    wait_until(lambda: estate.rows(estate.target) == estate.rows(estate.source))


def test_a_target_that_took_a_payment_is_never_given_up(estate: Estate) -> None:
    estate.follow()
    estate.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    estate.pay(estate.target)
    clients.ssm().put_parameter(Name=f"{estate.environment['PARAMETERS']}/writer", Value="fenced", Overwrite=True)
    assert estate.run("assess_rollback")["path"] == "manual"
    with pytest.raises(PreconditionFailed, match="took writes"):
        estate.run("unfence_source")
    assert not estate.may_log_in(estate.source)


def test_a_payment_that_did_not_wait_for_the_disk_counts_too(estate: Estate) -> None:
    estate.follow()
    estate.target.run(f"alter role {estate.role} set synchronous_commit = off")
    estate.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    estate.pay(estate.target)
    clients.ssm().put_parameter(Name=f"{estate.environment['PARAMETERS']}/writer", Value="fenced", Overwrite=True)
    assert estate.run("assess_rollback")["path"] == "manual"


def test_a_step_that_was_given_up_cannot_open_the_target_while_the_source_is_opened(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.environment["FENCE"] = "12"  # half of it is what one waits for the lock
    estate.follow()
    estate.run_all("fence_source", "drain_source", "final_validation")

    def meanwhile(*_: object) -> None:
        with pytest.raises(PreconditionFailed, match="another operation"):
            estate.run("unfence_source")

    monkeypatch.setattr(Sequences, "write", meanwhile)
    estate.run("promote_target")
    assert (estate.may_log_in(estate.source), estate.may_log_in(estate.target)) == (False, True)


def test_a_step_that_comes_late_finds_the_fence_gone(estate: Estate) -> None:
    estate.follow()
    estate.run_all("fence_source", "drain_source", "final_validation", "unfence_source")
    with pytest.raises(PreconditionFailed, match="the source is not fenced"):
        estate.run("promote_target")
    assert not estate.may_log_in(estate.target)


def test_after_the_cutover_the_way_back_is_the_reverse_task(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    assert estate.run("assess_rollback") == {"path": "reverse-replication", "reason": "the source follows the target"}


def test_without_a_running_reverse_task_a_person_is_asked(estate: Estate) -> None:
    estate.follow()
    estate.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    answer = estate.run("assess_rollback")
    assert answer["path"] == "manual"
    assert "is ready" in answer["reason"]


def test_changes_that_could_not_be_applied_are_a_person_s_matter(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    estate.source.run(
        "create table public.awsdms_apply_exceptions (\"ERROR\" text); insert into awsdms_apply_exceptions values ('x')"
    )
    assert estate.run("assess_rollback")["path"] == "manual"


def test_an_unreachable_database_is_a_person_s_matter(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    estate.environment["REPLICATIONS"] = estate.environment["REPLICATIONS"].replace(
        f'"port": {estate.source.server.port}', '"port": 1'
    )
    answer = estate.run("assess_rollback")
    assert answer["path"] == "manual"
    assert "DatabaseFailure" in answer["reason"]


def test_payments_taken_by_the_target_come_back_to_the_source(estate: Estate) -> None:
    estate.pay(estate.source, 2)
    estate.follow()
    estate.cross()
    estate.pay(estate.target, 3)
    estate.target.run("update payments set state = 'settled' where id = 1; delete from payments where id = 2")
    estate.cross_back()
    assert estate.rows(estate.source) == estate.rows(estate.target)
    assert (estate.may_log_in(estate.source), estate.may_log_in(estate.target)) == (True, False)
    estate.pay(estate.source)
    assert [row[0] for row in estate.rows(estate.source)] == [1, 3, 4, 5, 6]
    wait_until(lambda: estate.rows(estate.source) == estate.rows(estate.target))


def test_no_slot_of_the_way_back_is_left_behind(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    estate.cross_back()
    assert estate.slots(estate.target) == []
    assert estate.slots(estate.source) == [f"paymig_{estate.source.dbname}_fwd"]


def test_there_and_back_and_there_again(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    estate.pay(estate.target, 2)
    estate.cross_back()
    estate.pay(estate.source, 2)
    assert estate.run("replication_status")["state"] == "caught-up"
    estate.cross()
    estate.pay(estate.target, 2)
    wait_until(lambda: estate.rows(estate.source) == estate.rows(estate.target))
    assert len(estate.rows(estate.source)) == 6


def test_a_rollback_in_the_middle_of_the_way_back_goes_on(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    estate.run_all("fence_target", "drain_target")
    assert estate.run("assess_rollback")["path"] == "reverse-replication"
    estate.run_all("fence_target", "drain_target", "promote_source", "start_forward_replication")
    assert estate.may_log_in(estate.source)


def test_rolled_back_is_written_down_and_told(estate: Estate) -> None:
    estate.run("hold_traffic", reason="error rate")
    assert estate.run("record_rollback") == {"writer": "source"}
    state = clients.s3().get_object(
        Bucket=estate.environment["CHECKPOINTS"],
        Key=f"rollback/{estate.environment['WORKFLOW']}/run-1.json",
    )["Body"]
    with closing(state):
        assert b'"hold_traffic":"error rate"' in state.read()
