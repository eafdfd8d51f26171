"""CreateStateMachine returns an existing state machine only if it is the same."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client

ROLE = "arn:aws:iam::123456789012:role/workflow"


def create(stepfunctions: Any, state: str) -> str:
    definition = json.dumps({"StartAt": state, "States": {state: {"Type": "Succeed"}}})
    created: str = stepfunctions.create_state_machine(name="migration", definition=definition, roleArn=ROLE)[
        "stateMachineArn"
    ]
    return created


def test_same_definition_returns_the_existing_state_machine(client: Client) -> None:
    stepfunctions = client("stepfunctions")
    assert create(stepfunctions, "Finish") == create(stepfunctions, "Finish")


def test_another_definition_is_rejected(client: Client) -> None:
    stepfunctions = client("stepfunctions")
    create(stepfunctions, "Finish")
    with pytest.raises(ClientError, match="StateMachineAlreadyExists"):
        create(stepfunctions, "Start")
