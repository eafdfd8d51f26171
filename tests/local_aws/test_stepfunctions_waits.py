"""A test shortens the waits of state machines."""

import json
import time
from typing import Any

from local_aws.conftest import Client
from local_aws.internal_requests import request


def set_scale(server: str, scale: float) -> Any:
    """Set the scale of all waits."""
    return request(server, "PUT", "wait-scale", {"scale": scale})


def test_wait_takes_the_scaled_time(server: str, client: Client) -> None:
    states = client("stepfunctions")
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
    role = f"arn:aws:iam::{client('sts').get_caller_identity()['Account']}:role/machine"
    machine = states.create_state_machine(name="waits", definition=json.dumps(definition), roleArn=role)
    assert set_scale(server, 0.01) == {"scale": 0.01}
    try:
        began_at = time.monotonic()
        execution = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
        while states.describe_execution(executionArn=execution)["status"] == "RUNNING":
            assert time.monotonic() - began_at < 30
            time.sleep(0.1)
        assert time.monotonic() - began_at >= 0.6
    finally:
        set_scale(server, 1.0)
