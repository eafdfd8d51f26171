"""Lambda: layers that AWS publishes."""

from typing import Any

from moto.awslambda.models import LambdaFunction

from local_aws.patching import Method, wrap


@wrap(LambdaFunction, "_get_layers_data")
def accept_layers_of_other_accounts(
    original: Method, self: Any, layers_versions_arns: list[str]
) -> list[dict[str, Any]]:
    """Layers of AWS are public; moto finds only those of its account."""
    own = [arn for arn in layers_versions_arns if f":{self.account_id}:" in arn]
    known: list[dict[str, Any]] = original(self, own)
    by_arn = {layer["Arn"]: layer for layer in known}
    return [by_arn.get(arn, {"Arn": arn, "CodeSize": 1}) for arn in layers_versions_arns]
