"""Lambda: provisioned concurrency, which moto lacks."""

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.responses import LambdaResponse
from moto.awslambda.urls import url_paths

from local_aws.patching import add_action

url_paths[r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency/?$"] = (
    LambdaResponse.dispatch
)


class AlreadyProvisioned(LambdaClientError):
    """A second alias of a version cannot provision it."""

    def __init__(self) -> None:
        """Create the error."""
        super().__init__(
            "InvalidParameterValueException",
            "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
        )


class NotProvisioned(LambdaClientError):
    """The alias has no provisioned concurrency."""

    code = 404

    def __init__(self) -> None:
        """Create the error."""
        super().__init__(
            "ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found for this function"
        )


@add_action(LambdaResponse, "put_provisioned_concurrency_config")
def put_provisioned_concurrency_config(self: Any) -> tuple[int, dict[str, str], str]:
    """PutProvisionedConcurrencyConfig, of an alias."""
    name, alias = _alias(self)
    version = _version(self, name, alias)
    provisioned = _provisioned(self)
    others = [other for other in provisioned if other[0] == name and other[1] != alias]
    if any(_version(self, *other) == version for other in others):
        raise AlreadyProvisioned
    count = json.loads(self.body)["ProvisionedConcurrentExecutions"]
    provisioned[name, alias] = count
    return 202, {}, json.dumps(_ready(count))


@add_action(LambdaResponse, "get_provisioned_concurrency_config")
def get_provisioned_concurrency_config(self: Any) -> tuple[int, dict[str, str], str]:
    """GetProvisionedConcurrencyConfig."""
    provisioned, key = _provisioned(self), _alias(self)
    if key not in provisioned:
        raise NotProvisioned
    return 200, {}, json.dumps(_ready(provisioned[key]))


@add_action(LambdaResponse, "delete_provisioned_concurrency_config")
def delete_provisioned_concurrency_config(self: Any) -> tuple[int, dict[str, str], str]:
    """DeleteProvisionedConcurrencyConfig."""
    _provisioned(self).pop(_alias(self), None)
    return 204, {}, ""


def _alias(response: Any) -> tuple[str, str]:
    """Return the function and the alias of a request."""
    name = unquote(response.path.rstrip("/").rsplit("/", 2)[-2])
    return name.rsplit(":", 1)[-1], response._get_param("Qualifier")


def _version(response: Any, name: str, alias: str) -> str:
    version: str = response.backend.get_alias(alias, name).function_version
    return version


def _provisioned(response: Any) -> dict[tuple[str, str], int]:
    """Return the counts of a region by function and alias."""
    backend = response.backend
    if not hasattr(backend, "provisioned_concurrency"):
        backend.provisioned_concurrency = {}
    provisioned: dict[tuple[str, str], int] = backend.provisioned_concurrency
    return provisioned


def _ready(count: int) -> dict[str, object]:
    return {
        "RequestedProvisionedConcurrentExecutions": count,
        "AvailableProvisionedConcurrentExecutions": count,
        "AllocatedProvisionedConcurrentExecutions": count,
        "Status": "READY",
        "LastModified": "2026-01-01T00:00:00+0000",
    }
