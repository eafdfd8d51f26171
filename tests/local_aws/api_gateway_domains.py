"""API Gateway: a custom domain name exists once in a Region, in both versions of the API."""

from typing import Any

from moto.apigateway.models import APIGatewayBackend, apigateway_backends
from moto.apigatewayv2.exceptions import DomainNameAlreadyExists
from moto.apigatewayv2.models import ApiGatewayV2Backend, apigatewayv2_backends
from moto.core.exceptions import JsonRESTError

from local_aws.patching import Method, wrap


def domain_names(account_id: str, region: str) -> set[str]:
    """Return the custom domain names of both versions."""
    backends = (apigateway_backends, apigatewayv2_backends)
    return {name for version in backends for name in version[account_id][region].domain_names}


@wrap(APIGatewayBackend, "create_domain_name")
def reject_existing_domain_name(original: Method, self: Any, domain_name: str, *args: Any, **kwargs: Any) -> Any:
    """moto replaces the existing one."""
    if domain_name in domain_names(self.account_id, self.region_name):
        raise JsonRESTError("BadRequestException", "The domain name you provided already exists.")
    return original(self, domain_name, *args, **kwargs)


@wrap(ApiGatewayV2Backend, "create_domain_name")
def reject_existing_domain_name_of_version_2(
    original: Method, self: Any, domain_name: str, *args: Any, **kwargs: Any
) -> Any:
    """moto knows only the domain names of version 2."""
    if domain_name in domain_names(self.account_id, self.region_name):
        raise DomainNameAlreadyExists
    return original(self, domain_name, *args, **kwargs)
