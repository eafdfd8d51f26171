"""Lambda: the configuration of functions."""

from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.ec2.models import ec2_backends

from local_aws.patching import Method, wrap, wrap_property


@wrap(LambdaFunction, "__init__")
def store_logging_config(original: Method, self: Any, spec: dict[str, Any], **kwargs: Any) -> None:
    """AWS stores LoggingConfig; moto drops it."""
    default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{spec['FunctionName']}"}
    self.logging_config = spec.get("LoggingConfig") or default
    original(self, spec=spec, **kwargs)


@wrap(LambdaFunction, "update_configuration")
def update_logging_config(original: Method, self: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
    """As above."""
    if "LoggingConfig" in config_updates:
        self.logging_config = config_updates["LoggingConfig"]
    response: dict[str, Any] = original(self, config_updates)
    return {**response, "LoggingConfig": self.logging_config}


@wrap(LambdaFunction, "get_configuration")
def return_logging_config(original: Method, self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """As above."""
    response: dict[str, Any] = original(self, *args, **kwargs)
    return {**response, "LoggingConfig": self.logging_config}


@wrap(LambdaFunction, "get_configuration")
def omit_empty_image_config(original: Method, self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """AWS returns ImageConfig only if it overrides the image's settings; moto returns an empty one."""
    response: dict[str, Any] = original(self, *args, **kwargs)
    config = response.get("ImageConfigResponse", {}).get("ImageConfig", {})
    if not any(config.values()):
        response.pop("ImageConfigResponse", None)
    return response


@wrap_property(LambdaFunction, "vpc_config")
def return_vpc_of_subnets(moto: dict[str, Any] | None, self: Any) -> dict[str, Any] | None:
    """moto returns a VPC that does not exist; on destroy, the provider looks up its default security group."""
    if not moto or not moto.get("SubnetIds"):
        return moto
    subnet = ec2_backends[self.account_id][self.region].get_subnet(moto["SubnetIds"][0])
    return {**moto, "VpcId": subnet.vpc_id}
