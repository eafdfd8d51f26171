"""DNS failback: removal of the new side from DNS, and its restoration."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from common import clients
from common.errors import InvalidEvent, PreconditionFailed
from dns_failback import handler
from support.fault_injection import complete_despite_kills

if TYPE_CHECKING:
    from mypy_boto3_route53.type_defs import HealthCheckConfigTypeDef

PREFIX = "/payment/migration/w1"
ALARM = {
    "detail-type": "CloudWatch Alarm State Change",
    "detail": {"alarmName": "alarm-alb-5xx", "state": {"value": "ALARM"}},
}


@dataclass
class Stack:
    """The parameters, two health checks of the new side, and a topic."""

    variables: dict[str, str]
    checks: list[str]
    topic: str

    def run(self, event: dict[str, Any] | None = None) -> str:
        return handler.run(handler.build(self.variables), event or ALARM)["state"]

    def put(self, name: str, value: str) -> None:
        clients.ssm().put_parameter(Name=f"{PREFIX}/{name}", Value=value, Type="String", Overwrite=True)

    def hold(self) -> str:
        return clients.ssm().get_parameter(Name=f"{PREFIX}/traffic/hold")["Parameter"]["Value"]

    def inverted(self) -> list[bool]:
        configs = [clients.route53().get_health_check(HealthCheckId=check)["HealthCheck"] for check in self.checks]
        return [check["HealthCheckConfig"]["Disabled"] and check["HealthCheckConfig"]["Inverted"] for check in configs]

    def notifications(self) -> list[str]:
        sent = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].topics[self.topic].sent_notifications
        return [str(notification[2]) for notification in sent]


@pytest.fixture
def stack(aws: None) -> Iterator[Stack]:
    config: HealthCheckConfigTypeDef = {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": "new.example.com",
        "Port": 443,
        "ResourcePath": "/health",
    }
    checks = [
        clients.route53().create_health_check(CallerReference=str(n), HealthCheckConfig=config)["HealthCheck"]["Id"]
        for n in range(2)
    ]
    topic = clients.sns().create_topic(Name="operations")["TopicArn"]
    made = Stack(
        {"HEALTH_CHECK_IDS": json.dumps(checks), "PARAMETER_PREFIX": PREFIX, "ALERT_TOPIC_ARN": topic}, checks, topic
    )
    for name, value in (("writer", "source"), ("traffic/weight", "50"), ("traffic/hold", "none")):
        made.put(name, value)
    yield made


def test_alarm_inverts_health_checks_and_sets_hold(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stack.variables.items():
        monkeypatch.setenv(name, value)
    assert handler.handle(ALARM, None)["state"] == "failed-back"
    assert (stack.inverted(), stack.hold()) == ([True, True], "alarm alarm-alb-5xx")
    assert "traffic returns" in stack.notifications()[0]


def test_second_alarm_changes_nothing_and_sends_no_notification(stack: Stack) -> None:
    stack.run()
    assert stack.run({"operation": "fail_back", "reason": "by hand"}) == "failed-back"
    assert (stack.hold(), len(stack.notifications())) == ("alarm alarm-alb-5xx", 1)


@pytest.mark.parametrize("writer", ["fenced", "target"])
def test_writer_other_than_source_requires_manual_action(stack: Stack, writer: str) -> None:
    stack.put("writer", writer)
    assert stack.run() == "manual-action-required"
    assert (stack.inverted(), stack.hold()) == ([False, False], "none")
    assert "not possible" in stack.notifications()[0]


def test_concurrent_fence_restores_health_checks(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    invert = handler.DnsFailback.invert_health_checks

    def invert_and_fence(self: handler.DnsFailback) -> None:
        invert(self)
        stack.put("writer", "fenced")

    monkeypatch.setattr(handler.DnsFailback, "invert_health_checks", invert_and_fence)
    assert stack.run() == "manual-action-required"
    assert stack.inverted() == [False, False]


def test_weight_zero_changes_nothing(stack: Stack) -> None:
    stack.put("traffic/weight", "0")
    assert stack.run() == "no-traffic"
    assert (stack.inverted(), stack.hold(), stack.notifications()) == ([False, False], "none", [])


def test_restore_requires_lifted_hold(stack: Stack) -> None:
    stack.run()
    with pytest.raises(PreconditionFailed, match=r"held \(alarm"):
        stack.run({"operation": "restore"})
    stack.put("traffic/hold", "none")
    assert stack.run({"operation": "restore"}) == "restored"
    assert stack.inverted() == [False, False]


def test_interrupted_failback_can_be_repeated(stack: Stack) -> None:
    assert complete_despite_kills(stack.run) >= 2
    assert stack.inverted() == [True, True]
    assert stack.notifications()


@pytest.mark.parametrize("event", [{}, {"operation": "fail_back", "reason": ""}, {**ALARM, "detail": {}}])
def test_unknown_event_raises_invalid_event(stack: Stack, event: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent):
        handler.run(handler.build(stack.variables), event)
