"""Step Functions: what the provider asks for around the creation of a machine, and machines that start machines."""

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

from local_aws.patching import Fix, action, around


@action(StepFunctionResponse, "validate_state_machine_definition")
def a_definition_is_validated(self: Any) -> str:
    """The provider has every definition validated first. Only the parser's complaints are told."""
    diagnostics = []
    try:
        AmazonStateLanguageParser.parse(self._get_param("definition"))
    except Exception as fault:
        diagnostics = [{"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(fault)[:400]}]
    return json.dumps({"result": "FAIL" if diagnostics else "OK", "diagnostics": diagnostics, "truncated": False})


@action(StepFunctionResponse, "list_state_machine_versions")
def a_machine_has_no_versions(self: Any) -> str:
    """The provider lists them when it reads a machine; none is ever published here."""
    return json.dumps({"stateMachineVersions": []})


@around(StepFunctionResponse, "send_task_failure")
def a_refusal_has_a_cause(original: Fix, self: Any) -> ActionResult:
    """AWS hands the cause on with the error; moto drops it."""
    del original
    token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
    self.stepfunction_backend.send_task_failure(token, error=error, cause=cause)
    return EmptyResult()


@around(StepFunctionsParserBackend, "start_execution")
def an_execution_has_a_name(
    original: Fix, self: Any, state_machine_arn: str, name: str | None = None, *args: Any, **more: Any
) -> Any:
    """AWS makes a name up where none is given."""
    return original(self, state_machine_arn, name or str(uuid.uuid4()), *args, **more)


@around(Environment, "set_error")
def a_stopped_execution_fails_no_more(original: Fix, self: Any, error: Any) -> None:
    """AWS has ended it; moto lets the state come to its end, and the execution fail if that one does."""
    if not isinstance(self.program_state(), ProgramStopped):
        original(self, error)


def capitalised(names: dict[str, Any]) -> dict[str, Any]:
    """Names as integrations write them: `StateMachineArn`."""
    return {name[0].upper() + name[1:]: value for name, value in names.items()}


def uncapitalised(names: dict[str, Any]) -> dict[str, Any]:
    """Names as the service's API writes them: `stateMachineArn`."""
    return {name[0].lower() + name[1:]: value for name, value in names.items()}


@around(StateTaskServiceSfn, "_eval_service_task")
def a_machine_starts_a_machine(
    original: Fix, self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], **more: Any
) -> None:
    """AWS takes and gives capitalised names here; moto hands them to boto3 as they are."""
    names = uncapitalised(normalised_parameters)
    original(self, env, resource_runtime_part, names, **more)
    env.stack.append(capitalised(env.stack.pop()))


@around(StateTaskServiceSfn, "_normalise_response")
def the_end_of_a_machine_is_told_capitalised(original: Fix, self: Any, response: dict[str, Any], **more: Any) -> None:
    """As above, for `DescribeExecution` behind `.sync`."""
    names = capitalised(response)
    response.clear()
    response.update(names)
