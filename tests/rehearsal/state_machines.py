"""State machines of the stack, started by their ARNs, with an operator who reads the notifications."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from rehearsal.deployment import Deployment
from rehearsal.procedure import FenceTimedOut, call_cutover, is_fence_timeout
from rehearsal.timeline import Step, Timeline

_POLL_SECONDS = 1.0
_EVENT_SECONDS = 3.0
_TIMEOUT_SECONDS = 900.0
_APPROVAL = re.compile(r"aws lambda invoke --function-name (\S+) .*--payload '(\{.*\"approve\".*\})'")


class ExecutionFailed(Exception):
    """An execution has not succeeded."""


@dataclass(frozen=True)
class Mailbox:
    """A subscription of the topic of the operators."""

    queue_url: str

    def messages(self) -> list[str]:
        """Receive and delete the messages that have arrived."""
        queue = boto3.client("sqs")
        found = queue.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", [])
        for each in found:
            queue.delete_message(QueueUrl=self.queue_url, ReceiptHandle=each["ReceiptHandle"])
        return [str(json.loads(each["Body"])["Message"]) for each in found]


def subscribe(topic_arn: str) -> Mailbox:
    """Subscribe a mailbox to a topic."""
    queue = boto3.client("sqs")
    url = queue.create_queue(QueueName="operators")["QueueUrl"]
    arn = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    boto3.client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn)
    return Mailbox(url)


@dataclass(frozen=True)
class StateMachines:
    """The two state machines of a workflow."""

    deployment: Deployment
    timeline: Timeline
    migration_arn: str
    rollback_arn: str
    mailbox: Mailbox

    def begin(self, stage: str) -> None:
        """Acquire the source."""
        call_cutover(self.deployment, self.timeline, stage, "acquire_ownership")

    def cut_over(self, stage: str) -> None:
        """Run the migration and approve its requests; it undoes the fence if it times out."""
        try:
            self._run(stage, self.migration_arn, {})
        except ExecutionFailed as failure:
            if not is_fence_timeout(failure):
                raise
            self._await_rollbacks()
            raise FenceTimedOut(stage) from failure

    def roll_back(self, stage: str) -> None:
        """Run the rollback as an operator does."""
        self._run(stage, self.rollback_arn, {"reason": "rehearsal of the rollback"})

    def _await_rollbacks(self) -> None:
        """Wait for the rollback that EventBridge starts after a failed migration, which finds nothing to undo."""
        states = boto3.client("stepfunctions")
        time.sleep(_EVENT_SECONDS)
        while states.list_executions(stateMachineArn=self.rollback_arn, statusFilter="RUNNING")["executions"]:
            time.sleep(_POLL_SECONDS)

    def _run(self, stage: str, machine: str, arguments: dict[str, str]) -> None:
        states = boto3.client("stepfunctions")
        execution = states.start_execution(stateMachineArn=machine, input=json.dumps(arguments))["executionArn"]
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{execution} is running: {_last_states(execution)}")
            for message in self.mailbox.messages():
                _approve(message)
            time.sleep(_POLL_SECONDS)
        definition = json.loads(states.describe_state_machine(stateMachineArn=machine)["definition"])
        self.timeline.steps += _steps(stage, execution, definition)
        if found["status"] != "SUCCEEDED":
            raise ExecutionFailed(
                f"{execution}: {found['status']}: {found.get('error')}: {found.get('cause')}: {_last_states(execution)}"
            )


def find_state_machines(deployment: Deployment, timeline: Timeline) -> StateMachines:
    """Return the state machines in the account, which must be those of one workflow."""
    states = boto3.client("stepfunctions")
    arns = [each["stateMachineArn"] for each in states.list_state_machines()["stateMachines"]]
    definitions = {arn: json.loads(states.describe_state_machine(stateMachineArn=arn)["definition"]) for arn in arns}
    (migration,) = (arn for arn, definition in definitions.items() if "Begin migration" in definition["States"])
    (rollback,) = (arn for arn in arns if arn != migration)
    mailbox = subscribe(deployment.cutover.variables["ALERT_TOPIC_ARN"])
    return StateMachines(deployment, timeline, migration, rollback, mailbox)


def _approve(message: str) -> None:
    """Run the command that a request for an approval contains, with a name."""
    command = _APPROVAL.search(message)
    if command:
        function, payload = command.groups()
        boto3.client("lambda").invoke(FunctionName=function, Payload=payload.replace("YOUR NAME", "Ada"))


def _history(execution: str) -> list[dict[str, Any]]:
    states: Any = boto3.client("stepfunctions")
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution)
    return [event for page in pages for event in page["events"]]


def _last_states(execution: str) -> list[str]:
    entered = [
        event["stateEnteredEventDetails"] for event in _history(execution) if "stateEnteredEventDetails" in event
    ]
    return [details["name"] for details in entered[-5:]]


def _steps(stage: str, execution: str, definition: dict[str, Any]) -> Iterator[Step]:
    """Return the steps of an execution: its states that call something or wait."""
    entered: dict[str, float] = {}
    for event in _history(execution):
        if "stateEnteredEventDetails" in event:
            entered[event["stateEnteredEventDetails"]["name"]] = event["timestamp"].timestamp()
        elif "stateExitedEventDetails" in event:
            name = event["stateExitedEventDetails"]["name"]
            state = definition["States"].get(name, {})
            if state.get("Type") in ("Task", "Wait", "Map") and name in entered:
                limit = state.get("TimeoutSeconds") or state.get("Seconds")
                yield Step(stage, name, entered.pop(name), event["timestamp"].timestamp(), limit)
