"""`request_approval` waits for a person, `submit_decision` carries the decision to the state machine.

The task token never leaves the encrypted bucket: whoever holds it could answer for everybody. The question
names a request and the command that answers it; who may answer is who may invoke this function.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common import clients, log
from common.clock import Clock
from common.errors import InvalidEvent, PreconditionFailed
from common.settings import Variables
from migration.checkpoints import Checkpoints

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient

_SUBJECT_LIMIT = 100  # SNS


@dataclass(frozen=True)
class Desk:
    """Where requests are kept, asked and answered."""

    topic: str
    workflow: str
    function: str
    requests: Checkpoints
    sns: "SNSClient"
    machine: "SFNClient"

    def key(self, request: str) -> str:
        """Where a request is kept."""
        return f"approvals/{self.workflow}/{request}.json"

    def decision(self, request: str) -> str:
        """Where what was decided on it is kept."""
        return f"approvals/{self.workflow}/{request}.decision.json"


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """The Lambda function's entry."""
    del context
    return answer_event(_desk(Variables(os.environ)), event)


def answer_event(desk: Desk, event: Mapping[str, Any]) -> dict[str, Any]:
    """Do what the event's `operation` says."""
    match event:
        case {"operation": "request_approval", "token": str(token), "question": str(question)} if token:
            return request_approval(desk, token, question, str(event.get("execution", "")))
        case {
            "operation": "submit_decision",
            "request": str(request),
            "decision": "approve" | "reject" as decision,
        } if request:
            return submit_decision(desk, request, decision, str(event.get("approver", "")))
        case {"operation": "submit_decision", "decision": decision} if decision not in ("approve", "reject"):
            raise InvalidEvent(f"the decision is {decision!r}, allowed: approve, reject")
        case _:
            raise InvalidEvent(
                "allowed: request_approval with token and question; submit_decision with request, decision and approver"
            )


def request_approval(desk: Desk, token: str, question: str, execution: str) -> dict[str, Any]:
    """Keep the token and publish the question; asked twice with one token, it is one request."""
    # The request's id follows from the token, so that a repeated call finds the first one's record.
    request = hashlib.sha256(token.encode()).hexdigest()[:16]
    kept = desk.requests.get(desk.key(request))
    if kept is None:
        kept = {"token": token, "question": question, "execution": execution, "asked": False}
        desk.requests.put(desk.key(request), kept)
    if not kept["asked"]:
        desk.sns.publish(
            TopicArn=desk.topic,
            Subject=f"{desk.workflow}: approval needed"[:_SUBJECT_LIMIT],
            Message=_message(desk, request, question, execution),
        )
        desk.requests.put(desk.key(request), {**kept, "asked": True})
    log.info("approval-asked", request=request, execution=execution)
    return {"request": request}


def submit_decision(desk: Desk, request: str, decision: str, approver: str) -> dict[str, Any]:
    """Write the decision down, then tell the state machine; a decision once made stays."""
    if not approver.strip():
        raise InvalidEvent("`approver` is empty; it must name the person who decides")
    kept = desk.requests.get(desk.key(request))
    if kept is None:
        raise PreconditionFailed(f"there is no request {request!r}")
    # Of two who decide at the same time, the bucket takes one.
    recorded = desk.requests.put_once(desk.decision(request), {"decision": decision, "approver": approver})
    made = {"decision": decision, "approver": approver} if recorded else desk.requests.get(desk.decision(request)) or {}
    if made.get("decision") != decision:
        raise PreconditionFailed(
            f"the request {request} was answered: {made.get('decision')} by {made.get('approver')}"
        )
    if kept.get("token"):
        decided = {**kept, **made}
        _tell(desk, decided, request)
        desk.requests.put(desk.key(request), {**decided, "token": None})
    log.info("approval-answered", request=request, decision=decision, approver=made["approver"])
    return {"request": request, "decision": decision, "approver": made["approver"], "recorded": recorded}


def _tell(desk: Desk, kept: Mapping[str, Any], request: str) -> None:
    try:
        if kept["decision"] == "approve":
            output = json.dumps({"approved": True, "approver": kept["approver"], "request": request})
            desk.machine.send_task_success(taskToken=kept["token"], output=output)
        else:
            cause = f"rejected by {kept['approver']}"
            desk.machine.send_task_failure(taskToken=kept["token"], error="ApprovalRejected", cause=cause)
    except (desk.machine.exceptions.TaskTimedOut, desk.machine.exceptions.TaskDoesNotExist):
        # Either an earlier, interrupted call told it already, or nobody waits any more: no harm in both.
        log.warning("approval-too-late", request=request)


def _message(desk: Desk, request: str, question: str, execution: str) -> str:
    return "\n".join(
        [
            question,
            "",
            f"workflow  {desk.workflow}",
            f"execution {execution}",
            "",
            "To approve:",
            _command(desk, request, "approve"),
            "",
            "To reject:",
            _command(desk, request, "reject"),
        ]
    )


def _command(desk: Desk, request: str, decision: str) -> str:
    payload = json.dumps(
        {"operation": "submit_decision", "request": request, "decision": decision, "approver": "YOUR NAME"}
    )
    return (
        f"aws lambda invoke --function-name {desk.function} --cli-binary-format raw-in-base64-out"
        f" --payload '{payload}' /dev/stdout"
    )


def _desk(variables: Variables) -> Desk:
    workflow = variables.required("MIGRATION_NAME")
    return Desk(
        topic=variables.required("ALERT_TOPIC_ARN"),
        workflow=workflow,
        function=variables.required("AWS_LAMBDA_FUNCTION_NAME"),
        requests=Checkpoints(clients.s3(), variables.required("CHECKPOINT_BUCKET"), workflow, Clock()),
        sns=clients.sns(),
        machine=clients.stepfunctions(),
    )
