"""Lambda: what functions are configured with."""

from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.ec2.models import ec2_backends

from local_aws.patching import Fix, around, around_property


@around(LambdaFunction, "__init__")
def a_function_keeps_how_it_logs(original: Fix, self: Any, spec: dict[str, Any], **more: Any) -> None:
    """AWS keeps LoggingConfig; moto drops it."""
    text = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{spec['FunctionName']}"}
    self.logging_config = spec.get("LoggingConfig") or text
    original(self, spec=spec, **more)


@around(LambdaFunction, "update_configuration")
def a_function_changes_how_it_logs(original: Fix, self: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
    """As above."""
    if "LoggingConfig" in config_updates:
        self.logging_config = config_updates["LoggingConfig"]
    answer: dict[str, Any] = original(self, config_updates)
    return {**answer, "LoggingConfig": self.logging_config}


@around(LambdaFunction, "get_configuration")
def a_function_tells_how_it_logs(original: Fix, self: Any, *args: Any, **more: Any) -> dict[str, Any]:
    """As above."""
    answer: dict[str, Any] = original(self, *args, **more)
    return {**answer, "LoggingConfig": self.logging_config}


@around(LambdaFunction, "get_configuration")
def a_function_keeps_what_its_image_says(original: Fix, self: Any, *args: Any, **more: Any) -> dict[str, Any]:
    """AWS tells of an ImageConfig only where the image's own is overridden; moto tells of an empty one."""
    answer: dict[str, Any] = original(self, *args, **more)
    told = answer.get("ImageConfigResponse", {}).get("ImageConfig", {})
    if not any(told.values()):
        answer.pop("ImageConfigResponse", None)
    return answer


@around_property(LambdaFunction, "vpc_config")
def a_function_is_in_the_vpc_of_its_subnets(moto: dict[str, Any] | None, self: Any) -> dict[str, Any] | None:
    """moto answers one VPC that does not exist; at destroy the provider looks for its default group."""
    if not moto or not moto.get("SubnetIds"):
        return moto
    subnet = ec2_backends[self.account_id][self.region].get_subnet(moto["SubnetIds"][0])
    return {**moto, "VpcId": subnet.vpc_id}
