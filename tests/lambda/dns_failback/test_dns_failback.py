"""The new side leaves DNS while that loses nothing, and comes back when a person lets it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from common import clients
from common.errors import InvalidEvent, PreconditionFailed
from support.fault_injection import complete_despite_kills
from withdrawal import handler

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

    def out(self) -> list[bool]:
        configs = [clients.route53().get_health_check(HealthCheckId=check)["HealthCheck"] for check in self.checks]
        return [check["HealthCheckConfig"]["Disabled"] and check["HealthCheckConfig"]["Inverted"] for check in configs]

    def told(self) -> list[str]:
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
    made = Stack({"HEALTH_CHECKS": json.dumps(checks), "PARAMETERS": PREFIX, "TOPIC": topic}, checks, topic)
    for name, value in (("writer", "source"), ("traffic/weight", "50"), ("traffic/hold", "none")):
        made.put(name, value)
    yield made


def test_an_alarm_takes_the_new_side_out_and_holds_it(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stack.variables.items():
        monkeypatch.setenv(name, value)
    assert handler.handle(ALARM, None)["state"] == "withdrawn"
    assert (stack.out(), stack.hold()) == ([True, True], "alarm alarm-alb-5xx")
    assert "sent back" in stack.told()[0]


def test_another_alarm_changes_nothing_and_tells_nobody_again(stack: Stack) -> None:
    stack.run()
    assert stack.run({"operation": "withdraw", "reason": "by hand"}) == "withdrawn"
    assert (stack.hold(), len(stack.told())) == ("alarm alarm-alb-5xx", 1)


@pytest.mark.parametrize("writer", ["fenced", "target"])
def test_once_the_source_is_not_the_writer_a_person_is_asked(stack: Stack, writer: str) -> None:
    stack.put("writer", writer)
    assert stack.run() == "asked"
    assert (stack.out(), stack.hold()) == ([False, False], "none")
    assert "cannot help" in stack.told()[0]


def test_a_cutover_that_begins_meanwhile_keeps_the_new_side(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    take_out = handler.Withdrawal.take_out

    def and_fence(self: handler.Withdrawal) -> None:
        take_out(self)
        stack.put("writer", "fenced")

    monkeypatch.setattr(handler.Withdrawal, "take_out", and_fence)
    assert stack.run() == "asked"
    assert stack.out() == [False, False]


def test_without_payments_there_nothing_is_withdrawn(stack: Stack) -> None:
    stack.put("traffic/weight", "0")
    assert stack.run() == "nothing-there"
    assert (stack.out(), stack.hold(), stack.told()) == ([False, False], "none", [])


def test_a_person_lets_it_back_once_the_hold_is_lifted(stack: Stack) -> None:
    stack.run()
    with pytest.raises(PreconditionFailed, match="held: alarm"):
        stack.run({"operation": "restore"})
    stack.put("traffic/hold", "none")
    assert stack.run({"operation": "restore"}) == "restored"
    assert stack.out() == [False, False]


def test_killed_anywhere_it_ends_withdrawn(stack: Stack) -> None:
    assert complete_despite_kills(stack.run) >= 2
    assert stack.out() == [True, True]
    assert stack.told()


@pytest.mark.parametrize("event", [{}, {"operation": "withdraw", "reason": ""}, {**ALARM, "detail": {}}])
def test_anything_else_is_refused(stack: Stack, event: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent):
        handler.run(handler.build(stack.variables), event)
