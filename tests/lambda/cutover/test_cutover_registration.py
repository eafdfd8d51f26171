"""One migration at a time: a second one is refused, and only the failure of the registered one starts a rollback."""

import pytest

from common.errors import MigrationInProgress
from support.environment import Environment


def begin(environment: Environment, execution: str, part: str | None = None) -> None:
    """Register an execution of the state machine."""
    response = environment.run_as(execution, "begin_migration", state_machine_execution=part or execution)
    assert response == {"state": "begun"}


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
    begin(environment, "first")
    with pytest.raises(MigrationInProgress):
        begin(environment, "second")
    assert [check(environment, name) for name in ("first", "second")] == ["current", "other"]
    environment.run_as("first", "record_rollback")
    assert check(environment, "second") == "other"


def test_late_failure_of_an_earlier_migration_changes_nothing(environment: Environment) -> None:
    begin(environment, "first")
    environment.run_as("first", "record_rollback")
    begin(environment, "second")
    assert [check(environment, name) for name in ("first", "second")] == ["other", "current"]


def test_every_execution_of_a_long_migration_can_be_rolled_back(environment: Environment) -> None:
    begin(environment, "long")
    assert check(environment, "long-1") == "other"
    begin(environment, "long", "long-1")
    assert [check(environment, name) for name in ("long", "long-1")] == ["current", "current"]


def test_rollback_request_is_obsolete_after_a_fence_by_hand(environment: Environment) -> None:
    environment.start_replication()
    begin(environment, "first")
    environment.run_as("by hand", "fence_source")
    assert check(environment, "first") == "other"
