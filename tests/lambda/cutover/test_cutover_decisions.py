"""The decision of a fence: the side that can be reached is opened, and never both."""

import pytest

from common import clients
from common.errors import DatabaseFailure, PreconditionFailed
from cutover import application_access, handler
from cutover.postgresql.sequences import Sequences
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment
from support.unreachable import unreachable
from support.waiting import wait_until

_BEFORE_PROMOTION = ("fence_source", "drain_source", "final_validation")


def set_writer(environment: Environment, writer: str) -> None:
    name = f"{environment.variables['PARAMETER_PREFIX']}/writer"
    clients.ssm().put_parameter(Name=name, Value=writer, Overwrite=True)


def lose_connection(*_: object) -> None:
    raise DatabaseFailure("08006", "the connection was lost")


def ignore_locks(patch: pytest.MonkeyPatch) -> None:
    """Make every session hold the lock of its database."""
    for method in ("try_lock", "holds_lock"):
        patch.setattr(f"cutover.postgresql.server.Server.{method}", lambda _: True)


def logins(environment: Environment) -> tuple[bool, bool]:
    """Return whether the application can log in to the source and to the target."""
    return environment.can_log_in(environment.source), environment.can_log_in(environment.target)


def test_source_is_unfenced_while_the_target_is_unreachable(environment: Environment) -> None:
    environment.start_replication()
    environment.run("fence_source")
    with unreachable(environment, "target"):
        with pytest.raises(DatabaseFailure):
            environment.run("drain_source")
        assert environment.run("assess_rollback")["path"] == "unfence-source"
        assert environment.run("unfence_source") == {"unfenced": True}
        assert environment.run("record_rollback") == {"writer": "source"}
    assert logins(environment) == (True, False)
    assert environment.parameter("writer") == "source"


def test_source_is_unfenced_while_the_target_of_mysql_is_unreachable(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.run("fence_source")
    with unreachable(mysql, "target"):
        assert mysql.run("assess_rollback")["path"] == "unfence-source"
        assert mysql.run("unfence_source") == {"unfenced": True}
    assert mysql.logins() == (True, False)


def test_replication_resumes_after_an_unreachable_target_returns(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.run_all(*_BEFORE_PROMOTION)
    with monkeypatch.context() as patch, pytest.raises(DatabaseFailure):
        patch.setattr(Sequences, "write", lose_connection)
        environment.run("promote_target")
    with unreachable(environment, "target"):
        assert environment.run("unfence_source") == {"unfenced": True}
    environment.pay(environment.source)
    assert environment.run("unfence_source") == {"unfenced": False}
    wait_until(lambda: environment.rows(environment.target) == environment.rows(environment.source))
    assert environment.slots(environment.target) == []


def test_promotion_that_continues_after_the_source_was_unfenced_is_refused(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.run_all(*_BEFORE_PROMOTION)
    write = Sequences.write

    def unfence_meanwhile(self: Sequences, positions: object) -> None:
        # As if the sessions of the promotion, and with them its locks, had been lost.
        with unreachable(environment, "target"), monkeypatch.context() as patch:
            ignore_locks(patch)
            environment.run("unfence_source")
        write(self, positions)  # type: ignore[arg-type]

    monkeypatch.setattr(Sequences, "write", unfence_meanwhile)
    with pytest.raises(PreconditionFailed, match="was revoked"):
        environment.run("promote_target")
    assert logins(environment) == (True, False)
    assert environment.parameter("writer") == "source"


def test_source_stays_fenced_once_the_promotion_of_an_unreachable_target_is_decided(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.run_all(*_BEFORE_PROMOTION)

    with monkeypatch.context() as patch, pytest.raises(DatabaseFailure):
        patch.setattr(application_access, "allow", lose_connection)
        environment.run("promote_target")
    with unreachable(environment, "target"):
        for operation in ("assess_rollback", "unfence_source"):
            with pytest.raises(DatabaseFailure):
                environment.run(operation)
    assert logins(environment) == (False, False)
    assert environment.run("assess_rollback")["path"] == "unfence-source"
    assert environment.run("unfence_source") == {"unfenced": True}
    assert logins(environment) == (True, False)


def test_target_is_unfenced_while_the_source_is_unreachable(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run("fence_target")
    with unreachable(environment, "source"):
        for operation in ("drain_target", "assess_rollback"):
            with pytest.raises(DatabaseFailure):
                environment.run(operation)
        assert environment.run("unfence_target") == {"unfenced": True}
    assert logins(environment) == (False, True)
    assert environment.parameter("writer") == "target"


def test_target_of_mysql_is_unfenced_while_the_source_is_unreachable(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    mysql.cut_over()
    mysql.run_all("fence_target", "drain_target", "final_validation")
    with unreachable(mysql, "source"):
        assert mysql.run("unfence_target") == {"unfenced": True}
    assert mysql.logins() == (False, True)


def test_soak_and_rollback_continue_after_the_target_was_unfenced(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all("fence_target", "drain_target", "unfence_target")
    environment.pay(environment.target)
    environment.run("start_reverse_replication")
    assert environment.run("begin_soak")["state"] == "soaking"
    environment.roll_back()
    assert environment.rows(environment.source) == environment.rows(environment.target)
    assert logins(environment) == (True, False)


def test_reverse_replication_resumes_after_a_promotion_that_was_revoked(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all("fence_target", "drain_target", "final_validation")

    with monkeypatch.context() as patch, pytest.raises(DatabaseFailure):
        patch.setattr(Sequences, "write", lose_connection)
        environment.run("promote_source")
    environment.run("unfence_target")
    environment.pay(environment.target)
    wait_until(lambda: environment.rows(environment.source) == environment.rows(environment.target))
    assert environment.slots(environment.source) == []
    assert environment.run("assess_rollback")["path"] == "reverse-replication"


def test_source_is_not_promoted_after_the_target_was_unfenced(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all("fence_target", "drain_target", "final_validation")

    def unfence_meanwhile(*_: object) -> None:
        environment.run("unfence_target")

    with pytest.MonkeyPatch.context() as patch:
        ignore_locks(patch)
        patch.setattr(Sequences, "write", unfence_meanwhile)
        with pytest.raises(PreconditionFailed, match="revoked"):
            environment.run("promote_source")
    assert logins(environment) == (False, True)


def test_target_stays_fenced_once_the_promotion_of_the_source_is_decided(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    environment.run_all("fence_target", "drain_target", "final_validation", "promote_source")
    set_writer(environment, "fenced")
    with pytest.raises(PreconditionFailed, match="the source is promoted"):
        environment.run("unfence_target")
    assert environment.run("assess_rollback")["path"] == "reverse-replication"
    environment.run("promote_source")
    assert logins(environment) == (True, False)


def test_unfencing_a_target_that_is_not_fenced_changes_nothing(environment: Environment) -> None:
    environment.start_replication()
    assert environment.run("unfence_target") == {"unfenced": False}
    environment.run("fence_source")
    assert environment.run("unfence_target") == {"unfenced": False}
    assert environment.parameter("writer") == "fenced"


def test_first_decision_of_a_fence_is_final(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "unfence_source")
    set_writer(environment, "fenced")
    with pytest.raises(PreconditionFailed, match="revoked"):
        environment.run("promote_target")
    assert handler.run(environment.migration("another"), {"operation": "unfence_source"}) == {"unfenced": True}
    environment.cut_over()
    assert environment.parameter("writer") == "target"
