"""API Gateway: integrations with a VPC link; updates of methods and models."""

import json
from typing import Any

from moto.apigateway.models import Integration
from moto.apigateway.responses import APIGatewayResponse

from local_aws.patching import Method, add_action, wrap


@wrap(APIGatewayResponse, "put_integration")
def store_connection_id(original: Method, self: Any) -> Any:
    """AWS stores connectionId; moto drops it."""
    response = original(self)
    _, _, api, _, resource, _, method, *_ = self.path.split("/")
    integration = self.backend.get_integration(api, resource, method)
    integration.connection_id = self._get_param("connectionId")
    return response


@wrap(Integration, "to_json")
def return_connection_id(original: Method, self: Any) -> dict[str, Any]:
    """Return the stored connectionId."""
    response: dict[str, Any] = original(self)
    return {**response, "connectionId": getattr(self, "connection_id", None)}


@add_action(APIGatewayResponse, "update_method")
def update_method(self: Any) -> str:
    """UpdateMethod: changes request parameters and request models."""
    _, _, api, _, resource, _, verb, *_ = self.path.split("/")
    method = self.backend.get_method(api, resource, verb)
    current = {
        "requestParameters": dict(method.request_parameters or {}),
        "requestModels": dict(method.request_models or {}),
    }
    for operation in self._get_param("patchOperations"):
        _, what, *names = operation["path"].split("/")
        if what not in current:
            raise NotImplementedError(operation["path"])
        (name,) = (name.replace("~1", "/") for name in names)
        value = operation.get("value")
        if operation["op"] == "remove":
            current[what].pop(name, None)
        else:
            current[what][name] = value == "true" if what == "requestParameters" else value
    method.request_parameters = current["requestParameters"]
    method.request_models = current["requestModels"]
    return json.dumps(method.to_json())


@add_action(APIGatewayResponse, "update_model")
def update_model(self: Any) -> str:
    """UpdateModel: changes the schema or the description."""
    _, _, api, _, name, *_ = self.path.split("/")
    model = self.backend.get_model(api, name)
    for operation in self._get_param("patchOperations"):
        if operation["path"] not in ("/schema", "/description"):
            raise NotImplementedError(operation["path"])
        setattr(model, operation["path"].removeprefix("/"), operation["value"])
    return json.dumps(model.to_json())
