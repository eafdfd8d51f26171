"""Approvals: the question, the command that answers it, and the answer's way to the state machine."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from approval import handler
from common import clients
from common.errors import InvalidEvent, PreconditionFailed
from support.fault_injection import complete_despite_kills

TOKEN = "AAAAKgAAAAIAAAAAAAAAAbJ7"


@dataclass
class Desk:
    """What the function told the state machine, and what it published."""

    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def run(self, **event: object) -> dict[str, Any]:
        return handler.handle(event, None)

    def ask(self) -> str:
        return str(
            self.run(operation="request_approval", token=TOKEN, question="Cut over now?", execution="run-1")["request"]
        )

    def published(self) -> list[str]:
        topics = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].topics.values()
        return [entry[1] for topic in topics for entry in topic.sent_notifications]


@pytest.fixture
def desk(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    clients.s3().create_bucket(Bucket="checkpoints")
    topic = clients.sns().create_topic(Name="alerts")["TopicArn"]
    variables = {
        "ALERT_TOPIC_ARN": topic,
        "CHECKPOINT_BUCKET": "checkpoints",
        "MIGRATION_NAME": "w",
        "AWS_LAMBDA_FUNCTION_NAME": "approval-w",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    made = Desk()

    # The machine answers an unknown token with an error; the tests want to see what it was told.
    def tell(operation: str) -> Any:
        return lambda **arguments: made.told.append((operation, arguments))

    machine = clients.stepfunctions()
    monkeypatch.setattr(machine, "send_task_success", tell("success"), raising=False)
    monkeypatch.setattr(machine, "send_task_failure", tell("failure"), raising=False)
    yield made


def test_request_message_contains_the_command_and_not_the_token(desk: Desk) -> None:
    request = desk.ask()
    (message,) = desk.published()
    assert "Cut over now?" in message
    assert f'"request": "{request}", "decision": "approve"' in message
    assert TOKEN not in message


def test_repeated_request_publishes_one_message(desk: Desk) -> None:
    assert desk.ask() == desk.ask()
    assert len(desk.published()) == 1


def test_approval_sends_task_success(desk: Desk) -> None:
    desk.run(operation="submit_decision", request=desk.ask(), decision="approve", approver="Ada")
    ((operation, arguments),) = desk.told
    assert (operation, arguments["taskToken"]) == ("success", TOKEN)
    assert json.loads(arguments["output"])["approved"] is True


def test_rejection_sends_task_failure_with_error_name(desk: Desk) -> None:
    desk.run(operation="submit_decision", request=desk.ask(), decision="reject", approver="Ada")
    ((operation, arguments),) = desk.told
    assert (operation, arguments["error"], arguments["cause"]) == ("failure", "ApprovalRejected", "rejected by Ada")


def test_repeated_decision_is_sent_once(desk: Desk) -> None:
    request = desk.ask()
    for _ in range(2):
        desk.run(operation="submit_decision", request=request, decision="approve", approver="Ada")
    assert len(desk.told) == 1


def test_recorded_decision_cannot_be_changed(desk: Desk) -> None:
    request = desk.ask()
    desk.run(operation="submit_decision", request=request, decision="approve", approver="Ada")
    with pytest.raises(PreconditionFailed, match="approve by Ada"):
        desk.run(operation="submit_decision", request=request, decision="reject", approver="Grace")


def test_one_of_two_concurrent_decisions_is_recorded(desk: Desk) -> None:
    request, events = desk.ask(), clients.s3().meta.events

    def meanwhile(**_: object) -> None:
        events.unregister("before-call.s3.PutObject", meanwhile)
        desk.run(operation="submit_decision", request=request, decision="reject", approver="Grace")

    events.register_first("before-call.s3.PutObject", meanwhile)
    with pytest.raises(PreconditionFailed, match="reject by Grace"):
        desk.run(operation="submit_decision", request=request, decision="approve", approver="Ada")
    assert [operation for operation, _ in desk.told] == ["failure"]


def test_request_and_decision_complete_despite_kills(desk: Desk) -> None:
    assert complete_despite_kills(desk.ask) >= 2
    request = desk.ask()
    assert (
        complete_despite_kills(
            lambda: desk.run(operation="submit_decision", request=request, decision="approve", approver="Ada")
        )
        >= 2
    )
    assert {operation for operation, _ in desk.told} == {"success"}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"operation": "request_approval", "question": "no token"},
        {"operation": "submit_decision", "request": "r", "decision": "maybe", "approver": "Ada"},
        {"operation": "submit_decision", "request": "r", "decision": "approve", "approver": " "},
    ],
)
def test_incomplete_event_raises_invalid_event(desk: Desk, event: dict[str, object]) -> None:
    with pytest.raises(InvalidEvent):
        desk.run(**event)


def test_decision_on_unknown_request_is_rejected(desk: Desk) -> None:
    with pytest.raises(PreconditionFailed, match="no request"):
        desk.run(operation="submit_decision", request="0123456789abcdef", decision="approve", approver="Ada")
