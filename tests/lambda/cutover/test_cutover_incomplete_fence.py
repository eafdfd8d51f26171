"""A fence that failed between the parameter and the logins: the drain completes it, so that no write is lost."""

import pytest

from cutover import application_access
from support.environment import Environment
from support.fault_injection import Killed


def fence_without_logins(environment: Environment, operation: str) -> None:
    """Run a fence that is killed before it blocks the logins."""

    def kill(*_: object) -> None:
        raise Killed("block")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(application_access, "block", kill)
        environment.run(operation)
    assert environment.parameter("writer") == "fenced"


def test_the_drain_of_the_source_completes_its_fence(environment: Environment) -> None:
    environment.start_replication()
    fence_without_logins(environment, "fence_source")
    environment.pay(environment.source)
    environment.run("drain_source")
    assert not environment.can_log_in(environment.source)
    assert environment.rows(environment.target) == environment.rows(environment.source)


def test_the_drain_of_the_target_completes_its_fence(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    fence_without_logins(environment, "fence_target")
    environment.pay(environment.target)
    environment.run("drain_target")
    assert not environment.can_log_in(environment.target)
    assert environment.rows(environment.source) == environment.rows(environment.target)
