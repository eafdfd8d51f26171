"""The approval function: the request, its message, the decision and the result for the state machine."""

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
class ApprovalDriver:
    """Runs the approval function; `task_results` are its calls to Step Functions."""

    task_results: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def run(self, **event: object) -> dict[str, Any]:
        return handler.handle(event, None)

    def request(self) -> str:
        return str(
            self.run(operation="request_approval", token=TOKEN, question="Cut over now?", execution="run-1")["request"]
        )

    def published(self) -> list[str]:
        topics = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].topics.values()
        return [entry[1] for topic in topics for entry in topic.sent_notifications]


@pytest.fixture
def driver(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApprovalDriver]:
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
    made = ApprovalDriver()

    # Step Functions rejects an unknown token; the tests check the calls instead.
    def record(operation: str) -> Any:
        return lambda **arguments: made.task_results.append((operation, arguments))

    machine = clients.stepfunctions()
    monkeypatch.setattr(machine, "send_task_success", record("success"), raising=False)
    monkeypatch.setattr(machine, "send_task_failure", record("failure"), raising=False)
    yield made


def test_request_message_contains_the_command_and_not_the_token(driver: ApprovalDriver) -> None:
    request = driver.request()
    (message,) = driver.published()
    assert "Cut over now?" in message
    assert f'"request": "{request}", "decision": "approve"' in message
    assert TOKEN not in message


def test_repeated_request_publishes_one_message(driver: ApprovalDriver) -> None:
    assert driver.request() == driver.request()
    assert len(driver.published()) == 1


def test_approval_sends_task_success(driver: ApprovalDriver) -> None:
    driver.run(operation="submit_decision", request=driver.request(), decision="approve", approver="Ada")
    ((operation, arguments),) = driver.task_results
    assert (operation, arguments["taskToken"]) == ("success", TOKEN)
    assert json.loads(arguments["output"])["approved"] is True


def test_rejection_sends_task_failure_with_error_name(driver: ApprovalDriver) -> None:
    driver.run(operation="submit_decision", request=driver.request(), decision="reject", approver="Ada")
    ((operation, arguments),) = driver.task_results
    assert (operation, arguments["error"], arguments["cause"]) == ("failure", "ApprovalRejected", "rejected by Ada")


def test_repeated_decision_is_sent_once(driver: ApprovalDriver) -> None:
    request = driver.request()
    for _ in range(2):
        driver.run(operation="submit_decision", request=request, decision="approve", approver="Ada")
    assert len(driver.task_results) == 1


def test_recorded_decision_cannot_be_changed(driver: ApprovalDriver) -> None:
    request = driver.request()
    driver.run(operation="submit_decision", request=request, decision="approve", approver="Ada")
    with pytest.raises(PreconditionFailed, match="approve by Ada"):
        driver.run(operation="submit_decision", request=request, decision="reject", approver="Grace")


def test_one_of_two_concurrent_decisions_is_recorded(driver: ApprovalDriver) -> None:
    request, events = driver.request(), clients.s3().meta.events

    def meanwhile(**_: object) -> None:
        events.unregister("before-call.s3.PutObject", meanwhile)
        driver.run(operation="submit_decision", request=request, decision="reject", approver="Grace")

    events.register_first("before-call.s3.PutObject", meanwhile)
    with pytest.raises(PreconditionFailed, match="reject by Grace"):
        driver.run(operation="submit_decision", request=request, decision="approve", approver="Ada")
    assert [operation for operation, _ in driver.task_results] == ["failure"]


def test_request_and_decision_complete_despite_kills(driver: ApprovalDriver) -> None:
    assert complete_despite_kills(driver.request) >= 2
    request = driver.request()
    assert (
        complete_despite_kills(
            lambda: driver.run(operation="submit_decision", request=request, decision="approve", approver="Ada")
        )
        >= 2
    )
    assert {operation for operation, _ in driver.task_results} == {"success"}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"operation": "request_approval", "question": "no token"},
        {"operation": "submit_decision", "request": "r", "decision": "maybe", "approver": "Ada"},
        {"operation": "submit_decision", "request": "r", "decision": "approve", "approver": " "},
    ],
)
def test_incomplete_event_raises_invalid_event(driver: ApprovalDriver, event: dict[str, object]) -> None:
    with pytest.raises(InvalidEvent):
        driver.run(**event)


def test_decision_on_unknown_request_is_rejected(driver: ApprovalDriver) -> None:
    with pytest.raises(PreconditionFailed, match="does not exist"):
        driver.run(operation="submit_decision", request="0123456789abcdef", decision="approve", approver="Ada")
