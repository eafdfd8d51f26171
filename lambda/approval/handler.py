"""Lambda handler of approvals: `request_approval` notifies the operators, `submit_decision` resumes the state machine.

The task token stays in the encrypted bucket: its holder could decide any request. The notification has the id of the
request and the command for each decision. Permission to invoke this function is permission to decide.

Environment: MIGRATION_NAME, ALERT_TOPIC_ARN and CHECKPOINT_BUCKET. Lambda sets AWS_LAMBDA_FUNCTION_NAME.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from common import clients, log
from common.clock import Clock
from common.errors import InvalidEvent, PreconditionFailed
from common.service_failures import service_failures
from common.settings import Variables
from migration.checkpoints import Checkpoints

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient

_MAX_SUBJECT_CHARACTERS: Final = 100
"""Limit of SNS."""


@dataclass(frozen=True)
class ApprovalStore:
    """Requests and decisions in the checkpoint bucket, and the services that they involve."""

    topic_arn: str
    migration: str
    function: str
    bucket: Checkpoints
    sns: "SNSClient"
    stepfunctions: "SFNClient"

    def request_key(self, request: str) -> str:
        """Return the key of a request."""
        return f"approvals/{self.migration}/{request}.json"

    def decision_key(self, request: str) -> str:
        """Return the key of the decision on a request."""
        return f"approvals/{self.migration}/{request}.decision.json"


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Run one operation; the entry point of the Lambda function."""
    del context
    with service_failures():
        return run(_store(Variables(os.environ)), event)


def run(store: ApprovalStore, event: Mapping[str, Any]) -> dict[str, Any]:
    """Run the operation of an event."""
    match event:
        case {"operation": "request_approval", "token": str(token), "question": str(question)} if token:
            return request_approval(store, token, question, str(event.get("execution", "")))
        case {
            "operation": "submit_decision",
            "request": str(request),
            "decision": "approve" | "reject" as decision,
        } if request:
            return submit_decision(store, request, decision, str(event.get("approver", "")))
        case {"operation": "submit_decision", "decision": decision} if decision not in ("approve", "reject"):
            raise InvalidEvent(f"the decision is {decision!r}, allowed: approve, reject")
        case _:
            raise InvalidEvent(
                "allowed: request_approval with token and question; submit_decision with request, decision and approver"
            )


def request_approval(store: ApprovalStore, token: str, question: str, execution: str) -> dict[str, Any]:
    """Store the token and publish the question; a repetition with the same token is the same request."""
    # The id is derived from the token, so that a repetition finds the stored request.
    request = hashlib.sha256(token.encode()).hexdigest()[:16]
    stored = store.bucket.get(store.request_key(request))
    if stored is None:
        stored = {"token": token, "question": question, "execution": execution, "published": False}
        store.bucket.put(store.request_key(request), stored)
    if not stored["published"]:
        store.sns.publish(
            TopicArn=store.topic_arn,
            Subject=f"{store.migration}: approval needed"[:_MAX_SUBJECT_CHARACTERS],
            Message=_message(store, request, question, execution),
        )
        store.bucket.put(store.request_key(request), {**stored, "published": True})
    log.info("approval-requested", request=request, execution=execution)
    return {"request": request}


def submit_decision(store: ApprovalStore, request: str, decision: str, approver: str) -> dict[str, Any]:
    """Store the decision, then resume the state machine; the first decision is final."""
    if not approver.strip():
        raise InvalidEvent("`approver` is empty; it must name the operator who decides")
    stored = store.bucket.get(store.request_key(request))
    if stored is None:
        raise PreconditionFailed(f"the request {request!r} does not exist")
    # The conditional write accepts one of two concurrent decisions.
    recorded = store.bucket.put_once(store.decision_key(request), {"decision": decision, "approver": approver})
    final = (
        {"decision": decision, "approver": approver}
        if recorded
        else store.bucket.get(store.decision_key(request)) or {}
    )
    if final.get("decision") != decision:
        raise PreconditionFailed(
            f"the request {request} was decided before: {final.get('decision')} by {final.get('approver')}"
        )
    if stored.get("token"):
        decided = {**stored, **final}
        _resume(store, decided, request)
        store.bucket.put(store.request_key(request), {**decided, "token": None})
    log.info("approval-decided", request=request, decision=decision, approver=final["approver"])
    return {"request": request, "decision": decision, "approver": final["approver"], "recorded": recorded}


def _resume(store: ApprovalStore, stored: Mapping[str, Any], request: str) -> None:
    try:
        if stored["decision"] == "approve":
            output = json.dumps({"approved": True, "approver": stored["approver"], "request": request})
            store.stepfunctions.send_task_success(taskToken=stored["token"], output=output)
        else:
            cause = f"rejected by {stored['approver']}"
            store.stepfunctions.send_task_failure(taskToken=stored["token"], error="ApprovalRejected", cause=cause)
    except (store.stepfunctions.exceptions.TaskTimedOut, store.stepfunctions.exceptions.TaskDoesNotExist):
        # An interrupted call resumed it before, or the state machine no longer waits. Both are harmless.
        log.warning("approval-too-late", request=request)


def _message(store: ApprovalStore, request: str, question: str, execution: str) -> str:
    return "\n".join(
        [
            question,
            "",
            f"migration {store.migration}",
            f"execution {execution}",
            "",
            "To approve:",
            _command(store, request, "approve"),
            "",
            "To reject:",
            _command(store, request, "reject"),
        ]
    )


def _command(store: ApprovalStore, request: str, decision: str) -> str:
    payload = json.dumps(
        {"operation": "submit_decision", "request": request, "decision": decision, "approver": "YOUR NAME"}
    )
    return (
        f"aws lambda invoke --function-name {store.function} --cli-binary-format raw-in-base64-out"
        f" --payload '{payload}' /dev/stdout"
    )


def _store(variables: Variables) -> ApprovalStore:
    migration = variables.required("MIGRATION_NAME")
    return ApprovalStore(
        topic_arn=variables.required("ALERT_TOPIC_ARN"),
        migration=migration,
        function=variables.required("AWS_LAMBDA_FUNCTION_NAME"),
        bucket=Checkpoints(clients.s3(), variables.required("CHECKPOINT_BUCKET"), migration, Clock()),
        sns=clients.sns(),
        stepfunctions=clients.stepfunctions(),
    )
