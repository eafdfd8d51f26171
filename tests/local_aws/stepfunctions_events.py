"""EventBridge: emits an event when an execution ends; rules start state machines."""

import json
import uuid
from typing import Any

from moto.events.models import events_backends
from moto.events.utils import EventMessageType, EventTemplateParser
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local_aws.patching import Method, wrap


@wrap(BaseExecutionWorkerCommunication, "terminated")
def emit_execution_status_change(original: Method, self: Any) -> None:
    """AWS puts the event on the default event bus; moto emits none."""
    original(self)
    execution = self.execution
    event = status_change_event(execution)
    bus = events_backends[execution.account_id][execution.region_name].event_buses["default"]
    for rule in list(bus.rules.values()):
        if rule.state == "ENABLED" and rule.event_pattern.matches_event(event):
            for target in rule.targets:
                start(execution.account_id, execution.region_name, target, event)


def status_change_event(execution: Any) -> EventMessageType:
    """Return the event in the format of the Step Functions user guide ("Automating Step Functions event delivery")."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": execution.account_id,
        "region": execution.region_name,
        "resources": [execution.exec_arn],
        "time": execution.stop_date.timestamp(),
        "ingestion-time": execution.stop_date.isoformat(),
        "detail": {
            "executionArn": execution.exec_arn,
            "stateMachineArn": execution.state_machine.arn,
            "name": execution.name,
            "status": str(execution.exec_status.value),
        },
    }


def start(account: str, region: str, target: dict[str, Any], event: EventMessageType) -> None:
    """Start the state machine of a target; moto handles targets of other types."""
    if target["Arn"].split(":")[2] != "states":
        return
    transformer = target.get("InputTransformer")
    execution_input = (
        EventTemplateParser.parse(transformer["InputTemplate"], transformer.get("InputPathsMap", {}), event)
        if transformer
        else event
    )
    backend = stepfunctions_parser_backends[account][region]
    backend.start_execution(target["Arn"], f"event-{event['id']}", json.dumps(execution_input))
