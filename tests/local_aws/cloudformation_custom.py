"""CloudFormation: runs the function of a custom resource; its response determines the status of the stack."""

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
from local_aws.patching import Method, wrap

RESPONSES: dict[str, dict[str, Any]] = {}
"""The responses of functions, by RequestId."""

CURRENT_REQUEST = threading.local()
"""The ClientRequestToken of the API request that this thread serves."""


class ResourceFailed(BaseException):
    """The function responded with FAILED; a BaseException, so that moto does not handle it as an ordinary error."""


@wrap(CloudFormationResponse, "process_cfn_response")
def record_response(original: Method, self: Any) -> Any:
    """moto ends the creation on SUCCESS and ignores FAILED."""
    del original
    response = json.loads(self.body)
    RESPONSES[response["RequestId"]] = response
    return 200, {"status": 200}, "{}"


@wrap(CloudFormationResponse, "create_stack")
@wrap(CloudFormationResponse, "update_stack")
def record_client_request_token(original: Method, self: Any) -> Any:
    """The provider reads the failure reason from the events of its own request."""
    CURRENT_REQUEST.token = self._get_param("ClientRequestToken")
    try:
        return original(self)
    finally:
        CURRENT_REQUEST.token = None


@wrap(Event, "__init__")
def add_client_request_token(original: Method, self: Any, *args: Any, **kwargs: Any) -> None:
    """AWS adds the token to each event; moto omits it."""
    original(self, *args, **kwargs)
    self.client_request_token = getattr(CURRENT_REQUEST, "token", None)


@wrap(CustomModel, "create_from_cloudformation_json")
def create_custom_resource(
    original: Method,
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **kwargs: Any,
) -> CustomModel:
    """moto runs only functions in containers and receives no response."""
    del original
    resource = CustomModel(region_name, "", kwargs["LogicalId"], resource_name)  # type: ignore[abstract]
    resource.stack_id, resource.account_id = kwargs["StackId"], account_id  # type: ignore[attr-defined]
    resource.kind, resource.properties = kwargs["ResourceType"], {}  # type: ignore[attr-defined]
    send_request(resource, "Create", cloudformation_json["Properties"])
    return resource


def update_custom_resource(original_resource: Any, cloudformation_json: dict[str, Any], **_: Any) -> Any:
    """Send an Update request if the properties changed."""
    if cloudformation_json["Properties"] != original_resource.properties:
        send_request(original_resource, "Update", cloudformation_json["Properties"])
    return original_resource


def delete_custom_resource(self: Any, account_id: str, region_name: str) -> None:
    """Send a Delete request to the function, which must still exist."""
    del account_id, region_name
    send_request(self, "Delete", self.properties)


CustomModel.update_from_cloudformation_json = staticmethod(update_custom_resource)  # type: ignore[assignment]
CustomModel.delete = delete_custom_resource  # type: ignore[attr-defined]


def send_request(resource: Any, kind: str, properties: dict[str, Any]) -> None:
    """Invoke the function as CloudFormation does; raise `ResourceFailed` with the reason of a failure."""
    request = str(uuid.uuid4())
    strings = {name: str(value) for name, value in properties.items()}
    event = {
        "RequestType": kind,
        "ServiceToken": strings["ServiceToken"],
        "ResponseURL": f"http://127.0.0.1:{os.environ['MOTO_PORT']}/cloudformation_{resource.region_name}"
        f"/cfnresponse?stack={resource.stack_id}",
        "StackId": resource.stack_id,
        "RequestId": request,
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.kind,
        "ResourceProperties": strings,
    }
    if kind != "Create":
        event |= {"PhysicalResourceId": resource.resource_name, "OldResourceProperties": resource.properties}
    function = get_backend(resource.account_id, resource.region_name).get_function(strings["ServiceToken"])
    run(function, resource.region_name, json.dumps(event))
    response = RESPONSES.pop(request, {"Status": "FAILED", "Reason": "CloudFormation did not receive a response"})
    if response["Status"] != "SUCCESS":
        raise ResourceFailed(response["Reason"])
    resource.resource_name, resource.properties = response["PhysicalResourceId"], strings
    resource.set_data(response.get("Data") or {})


@wrap(CloudFormationBackend, "create_stack")
def delete_stack_after_failed_creation(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """Implement OnFailure=DELETE; moto has no failed creation."""
    try:
        return original(self, *args, **kwargs)
    except ResourceFailed as failure:
        stack = next(stack for stack in self.stacks.values() if stack.name == (kwargs.get("name") or args[0]))
        add_failure_event(stack, "CREATE_FAILED", str(failure))
        stack.output_map._template = {}  # outputs are evaluated when read, which would invoke the function again
        self.stacks.pop(stack.stack_id)
        self.deleted_stacks[stack.stack_id] = stack
        stack.status = "DELETE_COMPLETE"
        return stack


@wrap(Stack, "update")
def roll_back_failed_update(
    original: Method, self: Any, template: str, role_arn: str | None = None, parameters: Any = None, tags: Any = None
) -> None:
    """Restore the previous properties with a second Update request, as CloudFormation does."""
    previous = self.template, dict(self.parameters)
    try:
        original(self, template, role_arn, parameters=parameters, tags=tags)
    except ResourceFailed as failure:
        add_failure_event(self, "UPDATE_FAILED", str(failure))
        time.sleep(0.01)
        original(self, previous[0], role_arn, parameters=previous[1], tags=tags)
        self.status = "UPDATE_ROLLBACK_COMPLETE"
        self._add_stack_event("UPDATE_ROLLBACK_COMPLETE")


def add_failure_event(stack: Any, status: str, reason: str) -> None:
    """Add an event of the custom resource with the failure reason, which the provider reads."""
    event = Event(stack.stack_id, stack.name, "Validation", "", "Custom::MigrationValidation", status, reason, None)
    stack.events.append(event)
