"""API Gateway: integrations through a VPC link, and changes of methods and models."""

import json
from typing import Any

from moto.apigateway.models import Integration
from moto.apigateway.responses import APIGatewayResponse

from local_aws.patching import Fix, action, around


@around(APIGatewayResponse, "put_integration")
def an_integration_keeps_its_link(original: Fix, self: Any) -> Any:
    """AWS keeps connectionId; moto drops it."""
    answer = original(self)
    _, _, api, _, resource, _, method, *_ = self.path.split("/")
    integration = self.backend.get_integration(api, resource, method)
    integration.connection_id = self._get_param("connectionId")
    return answer


@around(Integration, "to_json")
def an_integration_tells_its_link(original: Fix, self: Any) -> dict[str, Any]:
    """As above."""
    answer: dict[str, Any] = original(self)
    return {**answer, "connectionId": getattr(self, "connection_id", None)}


@action(APIGatewayResponse, "update_method")
def update_method(self: Any) -> str:
    """AWS changes what a method asks of requests; moto has no such action."""
    _, _, api, _, resource, _, verb, *_ = self.path.split("/")
    method = self.backend.get_method(api, resource, verb)
    asked = {
        "requestParameters": dict(method.request_parameters or {}),
        "requestModels": dict(method.request_models or {}),
    }
    for operation in self._get_param("patchOperations"):
        _, what, *names = operation["path"].split("/")
        if what not in asked:
            raise NotImplementedError(operation["path"])
        (name,) = (name.replace("~1", "/") for name in names)
        value = operation.get("value")
        if operation["op"] == "remove":
            asked[what].pop(name, None)
        else:
            asked[what][name] = value == "true" if what == "requestParameters" else value
    method.request_parameters = asked["requestParameters"]
    method.request_models = asked["requestModels"]
    return json.dumps(method.to_json())


@action(APIGatewayResponse, "update_model")
def update_model(self: Any) -> str:
    """AWS changes a model's schema; moto has no such action."""
    _, _, api, _, name, *_ = self.path.split("/")
    model = self.backend.get_model(api, name)
    for operation in self._get_param("patchOperations"):
        if operation["path"] not in ("/schema", "/description"):
            raise NotImplementedError(operation["path"])
        setattr(model, operation["path"].removeprefix("/"), operation["value"])
    return json.dumps(model.to_json())
