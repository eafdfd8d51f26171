"""API Gateway: tags of APIs, domain names and VPC links. moto has those of stages only.

Source: API Gateway API reference, `TagResource` and `UntagResource`.
"""

import json
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

from moto.apigateway.responses import APIGatewayResponse
from moto.apigateway.urls import url_paths

from local_aws.patching import Method, wrap

for _kind in ("restapis", "domainnames", "vpclinks", "apikeys", "usageplans", "clientcertificates"):
    url_paths[
        "{0}/tags/arn:(?P<partition>[^/]+):apigateway:(?P<region_name>[^/]+)::/" + _kind + "/(?P<resource_id>[^/]+)$"
    ] = APIGatewayResponse.dispatch


def _resource(response: Any) -> Any:
    """Return the tagged resource, None for a stage."""
    _, kind, identifier, *rest = unquote(response.path.split("/tags/")[1]).split("/")
    if rest:
        return None
    find = {
        "restapis": response.backend.get_rest_api,
        "domainnames": response.backend.get_domain_name,
        "vpclinks": response.backend.get_vpc_link,
        "apikeys": response.backend.get_api_key,
        "usageplans": response.backend.get_usage_plan,
    }
    return find[kind](identifier)


def _tags(resource: Any) -> MutableMapping[str, str]:
    tags: MutableMapping[str, str] = resource.tags or {}
    resource.tags = tags
    return tags


@wrap(APIGatewayResponse, "tag_resource")
def tag_resource(original: Method, self: Any) -> str:
    """Add tags to a resource of any kind."""
    resource = _resource(self)
    if resource is None:
        return str(original(self))
    _tags(resource).update(self._get_param("tags") or {})
    return json.dumps({})


@wrap(APIGatewayResponse, "untag_resource")
def untag_resource(original: Method, self: Any) -> str:
    """Remove tags from a resource of any kind."""
    resource = _resource(self)
    if resource is None:
        return str(original(self))
    for key in self.querystring.get("tagKeys") or []:
        _tags(resource).pop(key, None)
    return json.dumps({})


@wrap(APIGatewayResponse, "get_tags")
def get_tags(original: Method, self: Any) -> str:
    """Return the tags of a resource of any kind."""
    resource = _resource(self)
    return str(original(self)) if resource is None else json.dumps({"tags": _tags(resource)})
