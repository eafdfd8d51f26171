"""A token of a task is accepted while another execution starts."""

from types import SimpleNamespace

import pytest
from moto.stepfunctions.parser.api import ExecutionStatus, InvalidToken
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

import local_aws.patches


def test_starting_execution_has_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_aws.patches
    starting = SimpleNamespace(status=ExecutionStatus.RUNNING, exec_worker=SimpleNamespace(env=None))
    machines = [SimpleNamespace(executions=[starting])]
    backend = StepFunctionsParserBackend("us-east-1", "123456789012")
    monkeypatch.setattr(backend, "state_machines", machines)
    with pytest.raises(InvalidToken):
        backend.send_task_success("token", "{}")
