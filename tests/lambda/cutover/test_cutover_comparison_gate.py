"""The fence of the source is refused unless a comparison of all rows has just found both sides equal."""

from datetime import UTC, datetime, timedelta

import pytest

from common.clock import Clock
from common.errors import PreconditionFailed, ValidationFailed
from cutover import handler
from migration import comparison_record
from migration.comparison_record import ComparisonRecord
from support.environment import Environment
from support.hmac_keys import create_hmac_key
from support.mysql_environment import MySqlEnvironment
from support.waiting import wait_until
from validation import handler as validation_handler
from validation.settings import build


def load(environment: Environment | MySqlEnvironment) -> None:
    """Load the target without a comparison."""
    environment.run_all("initialize", "start_full_load")
    wait_until(lambda: environment.load_task.is_loaded)


def fence_in(environment: Environment | MySqlEnvironment, minutes: float) -> None:
    """Run `fence_source` at a time after the present one."""
    clock = Clock(now=lambda: datetime.now(UTC) + timedelta(minutes=minutes), sleep=lambda _: None)
    handler.run(environment.migration(clock=clock), {"operation": "fence_source"})


def record(environment: Environment | MySqlEnvironment) -> ComparisonRecord | None:
    (replication,) = environment.migration().settings.replications
    return comparison_record.read(environment.migration().checkpoints, replication.name)


def validate(environment: Environment, execution: str) -> None:
    """Compare all rows as the state machine does."""
    environment.variables |= {"HASH_KEY_ARN": create_hmac_key(), "MAX_LAG_SECONDS": "1"}
    validation = build(environment.variables)
    plan = validation_handler.run(validation, {"operation": "plan", "execution": execution})
    results = [
        validation_handler.run(validation, {"operation": "compare", "chunk": chunk})
        for chunk in validation.store.get(plan["key"]) or []
    ]
    validation_handler.run(validation, {"operation": "summarize", "execution": execution, "results": results})


def test_fence_without_a_comparison_is_refused_with_the_operations_to_run(environment: Environment) -> None:
    load(environment)
    with pytest.raises(
        PreconditionFailed,
        match=r"no comparison of \S+ has found source and target equal; `max_validation_age` requires one of the"
        r" last 2880 minutes: run plan, compare and summarize of the function validation",
    ):
        environment.run("fence_source")
    assert environment.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)


def test_fence_is_refused_when_the_comparison_is_older_than_the_limit(environment: Environment) -> None:
    environment.start_replication()
    with pytest.raises(PreconditionFailed, match=r"run-1, ended 2881 minutes ago; `max_validation_age` is 2880: run"):
        fence_in(environment, 2881.5)
    environment.variables["MAX_VALIDATION_AGE_MINUTES"] = "10"
    with pytest.raises(PreconditionFailed, match="ended 11 minutes ago; `max_validation_age` is 10"):
        fence_in(environment, 11.5)
    assert environment.parameter("writer") == "source"


def test_fence_on_mariadb_is_refused_when_the_comparison_is_older_than_the_limit(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    with pytest.raises(PreconditionFailed, match="ended 2881 minutes ago"):
        fence_in(mysql, 2881.5)
    assert mysql.logins() == (True, False)


def test_comparison_before_the_full_load_does_not_count(environment: Environment) -> None:
    environment.record_comparison()
    load(environment)
    with pytest.raises(PreconditionFailed, match=r"the full load began at .*, after it"):
        environment.run("fence_source")
    environment.record_comparison("run-2")
    environment.run("fence_source")


def test_repeated_summary_does_not_make_a_comparison_newer(environment: Environment) -> None:
    environment.record_comparison("first")
    before = record(environment)
    environment.record_comparison("first")
    assert record(environment) == before
    environment.record_comparison("second")
    after = record(environment)
    environment.record_comparison("first")
    assert before is not None
    assert after is not None
    assert (before.execution, after.execution) == ("first", "second")
    assert record(environment) == after


def test_validation_that_finds_no_difference_permits_the_fence(environment: Environment) -> None:
    environment.pay(environment.source, 3)
    load(environment)
    environment.await_state("caught-up")
    validate(environment, "validated")
    assert environment.run("fence_source").keys() == {"fenced_at"}


def test_validation_that_finds_a_difference_permits_no_fence(environment: Environment) -> None:
    environment.pay(environment.source, 3)
    load(environment)
    environment.await_state("caught-up")
    environment.target.run("delete from payments where id = 2")
    with pytest.raises(ValidationFailed):
        validate(environment, "validated")
    with pytest.raises(PreconditionFailed, match="no comparison of"):
        environment.run("fence_source")
