"""Step Functions: API actions that the provider calls, and state machines that start state machines."""

import json
import uuid
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from local_aws.patching import Method, add_action, wrap


@add_action(StepFunctionResponse, "validate_state_machine_definition")
def validate_state_machine_definition(self: Any) -> str:
    """ValidateStateMachineDefinition: reports the errors of moto's parser."""
    diagnostics = []
    try:
        AmazonStateLanguageParser.parse(self._get_param("definition"))
    except Exception as error:
        diagnostics = [{"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(error)[:400]}]
    return json.dumps({"result": "FAIL" if diagnostics else "OK", "diagnostics": diagnostics, "truncated": False})


@add_action(StepFunctionResponse, "list_state_machine_versions")
def list_state_machine_versions(self: Any) -> str:
    """ListStateMachineVersions: always empty, since no version is published."""
    return json.dumps({"stateMachineVersions": []})


@wrap(StepFunctionsParserBackend, "_get_executions")
def skip_executions_that_start(original: Method, self: Any, execution_status: Any = None) -> list[Any]:
    """An execution without an environment has no task, and no token of one; moto fails on it."""
    executions = original(self, execution_status)
    return [execution for execution in executions if execution.exec_worker and execution.exec_worker.env]


@wrap(StepFunctionResponse, "send_task_failure")
def pass_cause_of_task_failure(original: Method, self: Any) -> ActionResult:
    """AWS passes the cause on with the error; moto drops it."""
    del original
    token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
    self.stepfunction_backend.send_task_failure(token, error=error, cause=cause)
    return EmptyResult()


@wrap(StepFunctionsParserBackend, "start_execution")
def generate_execution_name(
    original: Method, self: Any, state_machine_arn: str, name: str | None = None, *args: Any, **kwargs: Any
) -> Any:
    """AWS generates a name if the request has none."""
    return original(self, state_machine_arn, name or str(uuid.uuid4()), *args, **kwargs)


@wrap(Environment, "set_error")
def ignore_errors_after_stop(original: Method, self: Any, error: Any) -> None:
    """A stopped execution stays ABORTED in AWS; in moto it fails if the state that was running then fails."""
    if not isinstance(self.program_state(), ProgramStopped):
        original(self, error)


def capitalized(names: dict[str, Any]) -> dict[str, Any]:
    """Convert keys to the format of service integrations: `StateMachineArn`."""
    return {name[0].upper() + name[1:]: value for name, value in names.items()}


def uncapitalized(names: dict[str, Any]) -> dict[str, Any]:
    """Convert keys to the format of the API: `stateMachineArn`."""
    return {name[0].lower() + name[1:]: value for name, value in names.items()}


@wrap(StateTaskServiceSfn, "_eval_service_task")
def convert_integration_parameters(
    original: Method,
    self: Any,
    env: Any,
    resource_runtime_part: Any,
    normalised_parameters: dict[str, Any],
    **kwargs: Any,
) -> None:
    """AWS capitalizes keys of integrations; moto passes them to boto3 unchanged."""
    names = uncapitalized(normalised_parameters)
    original(self, env, resource_runtime_part, names, **kwargs)
    env.stack.append(capitalized(env.stack.pop()))


@wrap(StateTaskServiceSfn, "_normalise_response")
def convert_integration_response(original: Method, self: Any, response: dict[str, Any], **kwargs: Any) -> None:
    """Convert the response of DescribeExecution, which `.sync` calls, in the same way."""
    names = capitalized(response)
    response.clear()
    response.update(names)
