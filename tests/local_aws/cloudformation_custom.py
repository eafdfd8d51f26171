"""CloudFormation: a custom resource's function runs, and the stack's end is what it answers."""

import json
import os
import threading
import time
import uuid
from typing import Any

from moto.awslambda.utils import get_backend
from moto.cloudformation.custom_model import CustomModel
from moto.cloudformation.models import CloudFormationBackend, Event, Stack
from moto.cloudformation.responses import CloudFormationResponse

from local_aws.lambda_execution import run
from local_aws.patching import Fix, around

ANSWERS: dict[str, dict[str, Any]] = {}
"""What functions answered, by request."""


ASKING = threading.local()
"""What the request under way is called by who made it."""


class Refused(BaseException):
    """The function answered that it failed. No handler of moto's for ordinary errors may take it for another."""


@around(CloudFormationResponse, "process_cfn_response")
def an_answer_is_noted(original: Fix, self: Any) -> Any:
    """moto takes a success for the creation's end, and passes over a failure."""
    del original
    answer = json.loads(self.body)
    ANSWERS[answer["RequestId"]] = answer
    return 200, {"status": 200}, "{}"


@around(CloudFormationResponse, "create_stack")
@around(CloudFormationResponse, "update_stack")
def a_request_is_called_by_its_token(original: Fix, self: Any) -> Any:
    """The provider looks for the events of its own request, to tell why it failed."""
    ASKING.token = self._get_param("ClientRequestToken")
    try:
        return original(self)
    finally:
        ASKING.token = None


@around(Event, "__init__")
def an_event_has_the_token_of_its_request(original: Fix, self: Any, *args: Any, **more: Any) -> None:
    """As above; moto leaves it out."""
    original(self, *args, **more)
    self.client_request_token = getattr(ASKING, "token", None)


@around(CustomModel, "create_from_cloudformation_json")
def a_creation_waits_for_its_answer(
    original: Fix,
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **kwargs: Any,
) -> CustomModel:
    """moto calls functions of containers alone, and nobody answers it."""
    del original
    resource = CustomModel(region_name, "", kwargs["LogicalId"], resource_name)  # type: ignore[abstract]
    resource.stack_id, resource.account_id = kwargs["StackId"], account_id  # type: ignore[attr-defined]
    resource.kind, resource.properties = kwargs["ResourceType"], {}  # type: ignore[attr-defined]
    ask(resource, "Create", cloudformation_json["Properties"])
    return resource


def changed(original_resource: Any, cloudformation_json: dict[str, Any], **_: Any) -> Any:
    """Properties that changed are told to the function."""
    if cloudformation_json["Properties"] != original_resource.properties:
        ask(original_resource, "Update", cloudformation_json["Properties"])
    return original_resource


def deleted(self: Any, account_id: str, region_name: str) -> None:
    """A deletion is told to the function, which must be there still."""
    del account_id, region_name
    ask(self, "Delete", self.properties)


CustomModel.update_from_cloudformation_json = staticmethod(changed)  # type: ignore[assignment]
CustomModel.delete = deleted  # type: ignore[attr-defined]


def ask(resource: Any, kind: str, properties: dict[str, Any]) -> None:
    """Call the function as CloudFormation does; raises `Refused` with its reason."""
    request = str(uuid.uuid4())
    texts = {name: str(value) for name, value in properties.items()}
    event = {
        "RequestType": kind,
        "ServiceToken": texts["ServiceToken"],
        "ResponseURL": f"http://127.0.0.1:{os.environ['MOTO_PORT']}/cloudformation_{resource.region_name}"
        f"/cfnresponse?stack={resource.stack_id}",
        "StackId": resource.stack_id,
        "RequestId": request,
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.kind,
        "ResourceProperties": texts,
    }
    if kind != "Create":
        event |= {"PhysicalResourceId": resource.resource_name, "OldResourceProperties": resource.properties}
    function = get_backend(resource.account_id, resource.region_name).get_function(texts["ServiceToken"])
    run(function, resource.region_name, json.dumps(event))
    answer = ANSWERS.pop(request, {"Status": "FAILED", "Reason": "CloudFormation did not receive a response"})
    if answer["Status"] != "SUCCESS":
        raise Refused(answer["Reason"])
    resource.resource_name, resource.properties = answer["PhysicalResourceId"], texts
    resource.set_data(answer.get("Data") or {})


@around(CloudFormationBackend, "create_stack")
def a_stack_that_cannot_be_created_is_deleted(original: Fix, self: Any, *args: Any, **more: Any) -> Any:
    """As with OnFailure=DELETE; moto knows no failure."""
    try:
        return original(self, *args, **more)
    except Refused as refused:
        stack = next(stack for stack in self.stacks.values() if stack.name == (more.get("name") or args[0]))
        told(stack, "CREATE_FAILED", str(refused))
        stack.output_map._template = {}  # outputs are worked out when they are read, which would ask again
        self.stacks.pop(stack.stack_id)
        self.deleted_stacks[stack.stack_id] = stack
        stack.status = "DELETE_COMPLETE"
        return stack


@around(Stack, "update")
def an_update_that_fails_is_rolled_back(
    original: Fix, self: Any, template: str, role_arn: str | None = None, parameters: Any = None, tags: Any = None
) -> None:
    """As CloudFormation does: the function is asked for the former properties again."""
    former = self.template, dict(self.parameters)
    try:
        original(self, template, role_arn, parameters=parameters, tags=tags)
    except Refused as refused:
        told(self, "UPDATE_FAILED", str(refused))
        time.sleep(0.01)
        original(self, former[0], role_arn, parameters=former[1], tags=tags)
        self.status = "UPDATE_ROLLBACK_COMPLETE"
        self._add_stack_event("UPDATE_ROLLBACK_COMPLETE")


def told(stack: Any, status: str, reason: str) -> None:
    """An event of the stack's custom resource, which the provider reads the reason from."""
    event = Event(stack.stack_id, stack.name, "Validation", "", "Custom::MigrationValidation", status, reason, None)
    stack.events.append(event)
