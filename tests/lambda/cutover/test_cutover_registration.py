"""One migration at a time: a second one is refused, and only the failure of the registered one starts a rollback."""

import pytest

from common.errors import InvalidEvent, MigrationInProgress, PreconditionFailed
from support.environment import Environment


def begin(environment: Environment, execution: str, part: str | None = None) -> None:
    """Register an execution of the state machine."""
    response = environment.run_as(execution, "begin_migration", state_machine_execution=part or execution)
    assert response == {"state": "begun"}


def begin_and_initialize(environment: Environment, execution: str, part: str | None = None) -> None:
    """Register an execution whose migration can need a rollback from here on."""
    begin(environment, execution, part)
    environment.run_as(execution, "initialize")


def assess(environment: Environment, execution: str) -> str:
    """Return the path of a rollback that an execution requests."""
    return str(environment.run_as(execution, "assess_rollback", initiator="migration")["path"])


def check(environment: Environment, execution: str) -> str:
    """Return the state of a rollback request."""
    return str(environment.run_as(execution, "check_rollback_request")["state"])


def test_second_migration_is_refused_while_the_first_is_in_progress(environment: Environment) -> None:
    begin(environment, "first")
    with pytest.raises(MigrationInProgress, match="the migration first has not ended"):
        begin(environment, "second")
    begin(environment, "first")


def test_second_migration_is_refused_during_the_soak(environment: Environment) -> None:
    begin(environment, "first")
    environment.start_replication()
    environment.cut_over()
    with pytest.raises(MigrationInProgress, match="the writer is target"):
        begin(environment, "second")


def test_next_migration_begins_after_the_rollback(environment: Environment) -> None:
    begin(environment, "first")
    environment.run_as("first", "record_rollback")
    begin(environment, "second")
    with pytest.raises(MigrationInProgress, match="the migration second has not ended"):
        begin(environment, "third")


def test_refused_migration_stays_without_a_rollback(environment: Environment) -> None:
    assert check(environment, "first") == "other"
    begin_and_initialize(environment, "first")
    with pytest.raises(MigrationInProgress):
        begin(environment, "second")
    assert [check(environment, name) for name in ("first", "second")] == ["current", "other"]
    environment.run_as("first", "record_rollback")
    assert [check(environment, name) for name in ("first", "second")] == ["other", "other"]


def test_late_failure_of_an_earlier_migration_changes_nothing(environment: Environment) -> None:
    begin_and_initialize(environment, "first")
    environment.run_as("first", "record_rollback")
    begin_and_initialize(environment, "second")
    assert [check(environment, name) for name in ("first", "second")] == ["other", "current"]
    assert [assess(environment, name) for name in ("first", "second")] == ["ignored", "unfence-source"]


def test_every_execution_of_a_long_migration_can_be_rolled_back(environment: Environment) -> None:
    begin_and_initialize(environment, "long")
    assert check(environment, "long-1") == "other"
    begin(environment, "long", "long-1")
    assert [check(environment, name) for name in ("long", "long-1")] == ["current", "current"]


def test_rollback_request_is_obsolete_after_a_fence_by_hand(environment: Environment) -> None:
    environment.start_replication()
    begin_and_initialize(environment, "first")
    environment.run_as("by hand", "fence_source")
    assert check(environment, "first") == "other"
    assert assess(environment, "first") == "ignored"
    assert environment.run_as("by hand", "assess_rollback")["path"] == "unfence-source"


def test_migration_that_fails_before_it_is_initialized_ends_without_a_rollback(environment: Environment) -> None:
    begin(environment, "first")
    assert check(environment, "first") == "other"
    begin_and_initialize(environment, "second")
    assert [check(environment, name) for name in ("first", "second")] == ["other", "current"]


def test_rejected_rollback_is_started_by_an_operator_only(environment: Environment) -> None:
    begin(environment, "long")
    environment.run_as("long", "initialize")
    begin(environment, "long", "long-1")
    environment.run_as("long", "start_full_load")
    environment.await_state("caught-up")
    environment.record_comparison()
    for operation in ("fence_source", "drain_source", "final_validation", "promote_target"):
        environment.run_as("long", operation)
    environment.run_as("long", "start_reverse_replication")
    assert environment.run_as("long", "record_rejection") == {"state": "rejected"}
    for execution in ("long", "long-1"):
        assert check(environment, execution) == "other"
        assert assess(environment, execution) == "ignored"
    assert environment.run_as("rollback-by-hand", "assess_rollback")["path"] == "reverse-replication"


def test_stranger_neither_moves_the_writer_during_the_soak_nor_initializes(environment: Environment) -> None:
    begin_and_initialize(environment, "first")
    environment.start_replication()
    environment.cut_over()
    with pytest.raises(PreconditionFailed, match="a migration starts while the source is the writer"):
        environment.run_as("second", "initialize")
    assert check(environment, "second") == "other"
    assert assess(environment, "second") == "ignored"
    assert environment.parameter("writer") == "target"


def test_unknown_initiator_is_refused(environment: Environment) -> None:
    with pytest.raises(InvalidEvent, match="'assess_rollback'"):
        environment.run("assess_rollback", initiator="somebody")
