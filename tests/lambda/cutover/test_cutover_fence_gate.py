"""The fence of the source is refused while traffic is held, and at another traffic step than that of the cutover."""

import pytest

from common import clients
from common.errors import PreconditionFailed
from cutover import fence_gate
from cutover.migration import Migration
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment


def put(environment: Environment | MySqlEnvironment, name: str, value: str) -> None:
    path = f"{environment.variables['PARAMETER_PREFIX']}/{name}"
    clients.ssm().put_parameter(Name=path, Value=value, Overwrite=True)


def assert_refused(environment: Environment, rule: str) -> None:
    with pytest.raises(PreconditionFailed, match=rule):
        environment.run("fence_source")
    assert environment.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)


def test_fence_is_refused_while_traffic_is_held_and_at_another_step(environment: Environment) -> None:
    environment.variables["CUTOVER_PERCENT"] = "100"
    environment.start_replication()
    put(environment, "traffic/weight", "10")
    assert_refused(environment, r"receives 10 % of the traffic; the source is fenced at the traffic step of 100 %")
    put(environment, "traffic/weight", "100")
    put(environment, "traffic/hold", "alarm outage")
    assert_refused(environment, "traffic is held: alarm outage")
    put(environment, "traffic/hold", "none")
    environment.cut_over()
    put(environment, "traffic/hold", "error rate")
    environment.roll_back()
    assert environment.parameter("writer") == "source"


def test_fence_is_refused_when_an_alarm_holds_traffic_during_its_checks(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    check = fence_gate.require_cutover_is_possible

    def hold_meanwhile(migration: Migration) -> None:
        check(migration)
        put(environment, "traffic/hold", "alarm outage")

    monkeypatch.setattr(fence_gate, "require_cutover_is_possible", hold_meanwhile)
    assert_refused(environment, "traffic is held")
    assert environment.slots(environment.target) == []


def test_fence_of_a_lower_step_is_refused_at_a_higher_weight(mysql: MySqlEnvironment) -> None:
    mysql.variables["CUTOVER_PERCENT"] = "50"
    mysql.start_replication()
    put(mysql, "traffic/weight", "100")
    with pytest.raises(PreconditionFailed, match="at the traffic step of 50 %"):
        mysql.run("fence_source")
    assert mysql.logins() == (True, False)
