"""Step Functions: CreateStateMachine returns an existing state machine only if it is the same."""

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local_aws.patching import Method, wrap


@wrap(StepFunctionsParserBackend, "create_state_machine")
def reject_another_state_machine_with_the_name(
    original: Method, self: Any, name: str, definition: str, *args: Any, **kwargs: Any
) -> Any:
    """AWS compares definition and type; a request with another role or other tags returns the existing one."""
    for machine in self.state_machines:
        same = machine.definition == definition and (machine.sm_type or "STANDARD") == (
            kwargs.get("sm_type") or "STANDARD"
        )
        if machine.name == name and not same:
            raise JsonRESTError("StateMachineAlreadyExists", f"State Machine Already Exists: '{machine.arn}'")
    return original(self, name, definition, *args, **kwargs)
