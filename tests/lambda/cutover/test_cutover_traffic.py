"""Traffic weights, target health, holds and guard alarms."""

import json

import pytest

from common import clients
from common.errors import AlarmRaised, InvalidEvent, InvalidSettings, PreconditionFailed, TargetUnhealthy
from support.aws_resources import create_listener
from support.environment import Environment


def weights(environment: Environment) -> list[int]:
    rule = clients.elbv2().describe_rules(RuleArns=[environment.variables["LISTENER_RULE"]])["Rules"][0]
    return [group["Weight"] for group in rule["Actions"][0]["ForwardConfig"]["TargetGroups"]]


@pytest.fixture
def split(environment: Environment) -> Environment:
    environment.variables.update(create_listener(environment.variables))
    return environment


def test_shift_changes_the_rule_and_the_parameter(split: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    assert split.run("shift_traffic", percent=10) == {"percent": 10}
    assert weights(split) == [90, 10]
    assert split.parameter("traffic/weight") == "10"
    assert any("TrafficPercent" in line for line in capsys.readouterr().out.splitlines())


def test_held_weight_does_not_increase(split: Environment) -> None:
    split.run("hold_traffic", reason="error rate")
    with pytest.raises(PreconditionFailed, match="error rate"):
        split.run("shift_traffic", percent=10)
    assert weights(split) == [100, 0]


def test_first_hold_reason_is_kept(split: Environment) -> None:
    split.run("hold_traffic", reason="error rate")
    assert split.run("hold_traffic", reason="rollback") == {"reason": "error rate"}


def test_unhealthy_side_receives_no_traffic(environment: Environment) -> None:
    environment.variables.update(create_listener(environment.variables, healthy=False))
    with pytest.raises(TargetUnhealthy, match="0 of 0"):
        environment.run("shift_traffic", percent=10)


def test_held_traffic_can_be_reverted(split: Environment) -> None:
    split.run("shift_traffic", percent=50)
    split.run("hold_traffic", reason="error rate")
    assert split.run("revert_traffic") == {"percent": 0}
    assert weights(split) == [100, 0]


def test_weight_managed_by_terraform_is_not_changed(environment: Environment) -> None:
    with pytest.raises(PreconditionFailed, match="Terraform manages"):
        environment.run("shift_traffic", percent=10)
    assert environment.run("revert_traffic") == {"percent": 0}


@pytest.mark.parametrize("percent", [-1, 101, True, "10", None])
def test_percent_must_be_an_integer_up_to_100(split: Environment, percent: object) -> None:
    with pytest.raises(InvalidEvent):
        split.run("shift_traffic", percent=percent)


def alarm(name: str, state: str, region: str = "us-east-1") -> None:
    clients.cloudwatch(region).put_metric_alarm(
        AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, Threshold=1
    )
    clients.cloudwatch(region).set_alarm_state(
        AlarmName=name,
        StateValue=state,  # type: ignore[arg-type]
        StateReason="test",
    )


def guard(environment: Environment, names: object) -> None:
    environment.variables["GUARD_ALARMS"] = json.dumps(names)


def test_check_alarms_without_alarm_is_quiet(environment: Environment) -> None:
    alarm("errors", "OK")
    alarm("latency", "INSUFFICIENT_DATA", "us-east-2")
    guard(environment, {"us-east-1": ["errors"], "us-east-2": ["latency"]})
    assert environment.run("check_alarms") == {"state": "quiet"}


def test_alarm_in_alarm_or_missing_raises_alarm_raised(environment: Environment) -> None:
    alarm("errors", "ALARM")
    guard(environment, {"us-east-1": ["errors", "gone"]})
    with pytest.raises(AlarmRaised, match=r"errors \(ALARM\), gone \(missing\)"):
        environment.run("check_alarms")


def test_alarms_of_one_name_are_told_apart_by_region(environment: Environment) -> None:
    alarm("errors", "OK")
    alarm("errors", "ALARM", "us-east-2")
    guard(environment, {"us-east-1": ["errors"]})
    assert environment.run("check_alarms") == {"state": "quiet"}
    guard(environment, {"us-east-1": ["errors"], "us-east-2": ["errors"]})
    with pytest.raises(AlarmRaised, match=r"^errors \(ALARM\)$"):
        environment.run("check_alarms")
    guard(environment, {"us-west-2": ["errors"]})
    with pytest.raises(AlarmRaised, match=r"^errors \(missing\)$"):
        environment.run("check_alarms")


def test_guard_alarms_without_region_raise_invalid_settings(environment: Environment) -> None:
    guard(environment, ["errors"])
    with pytest.raises(InvalidSettings, match="GUARD_ALARMS must be a JSON object"):
        environment.run("check_alarms")


def test_unknown_operation_raises_invalid_event(environment: Environment) -> None:
    with pytest.raises(InvalidEvent, match="'fly'"):
        environment.run("fly")
