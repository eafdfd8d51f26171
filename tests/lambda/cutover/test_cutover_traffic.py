"""Traffic: weights, health, holds and alarms."""

import json

import pytest

from common import clients
from common.errors import AlarmRaised, InvalidEvent, PreconditionFailed, TargetUnhealthy
from support.aws_resources import create_listener
from support.environment import Environment


def weights(environment: Environment) -> list[int]:
    rule = clients.elbv2().describe_rules(RuleArns=[environment.variables["LISTENER_RULE"]])["Rules"][0]
    return [group["Weight"] for group in rule["Actions"][0]["ForwardConfig"]["TargetGroups"]]


@pytest.fixture
def split(environment: Environment) -> Environment:
    environment.variables.update(create_listener(environment.variables))
    return environment


def test_a_shift_moves_the_rule_and_writes_it_down(split: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    assert split.run("shift_traffic", percent=10) == {"percent": 10}
    assert weights(split) == [90, 10]
    assert split.parameter("traffic/weight") == "10"
    assert any("TrafficPercent" in line for line in capsys.readouterr().out.splitlines())


def test_a_held_weight_does_not_rise(split: Environment) -> None:
    split.run("hold_traffic", reason="error rate")
    with pytest.raises(PreconditionFailed, match="error rate"):
        split.run("shift_traffic", percent=10)
    assert weights(split) == [100, 0]


def test_the_first_reason_of_a_hold_stays(split: Environment) -> None:
    split.run("hold_traffic", reason="error rate")
    assert split.run("hold_traffic", reason="rollback") == {"reason": "error rate"}


def test_no_traffic_for_a_side_that_is_not_healthy(environment: Environment) -> None:
    environment.variables.update(create_listener(environment.variables, healthy=False))
    with pytest.raises(TargetUnhealthy, match="0 of 0"):
        environment.run("shift_traffic", percent=10)


def test_traffic_is_released_though_held(split: Environment) -> None:
    split.run("shift_traffic", percent=50)
    split.run("hold_traffic", reason="error rate")
    assert split.run("revert_traffic") == {"percent": 0}
    assert weights(split) == [100, 0]


def test_a_weight_of_the_configuration_is_not_moved(environment: Environment) -> None:
    with pytest.raises(PreconditionFailed, match="Terraform manages"):
        environment.run("shift_traffic", percent=10)
    assert environment.run("revert_traffic") == {"percent": 0}


@pytest.mark.parametrize("percent", [-1, 101, True, "10", None])
def test_a_percent_is_a_whole_number_up_to_100(split: Environment, percent: object) -> None:
    with pytest.raises(InvalidEvent):
        split.run("shift_traffic", percent=percent)


def alarm(name: str, state: str) -> None:
    clients.cloudwatch().put_metric_alarm(
        AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, Threshold=1
    )
    clients.cloudwatch().set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")  # type: ignore[arg-type]


def test_watch_is_quiet_while_no_alarm_rings(environment: Environment) -> None:
    alarm("errors", "OK")
    alarm("latency", "INSUFFICIENT_DATA")
    environment.variables["GUARD_ALARM_NAMES"] = json.dumps(["errors", "latency"])
    assert environment.run("check_alarms") == {"state": "quiet"}


def test_an_alarm_that_rings_or_is_missing_ends_the_step(environment: Environment) -> None:
    alarm("errors", "ALARM")
    environment.variables["GUARD_ALARM_NAMES"] = json.dumps(["errors", "gone"])
    with pytest.raises(AlarmRaised, match=r"errors \(ALARM\), gone \(missing\)"):
        environment.run("check_alarms")


def test_an_unknown_operation_is_refused(environment: Environment) -> None:
    with pytest.raises(InvalidEvent, match="'fly'"):
        environment.run("fly")
