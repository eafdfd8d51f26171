"""Lambda: layers that AWS itself publishes."""

from typing import Any

from moto.awslambda.models import LambdaFunction

from local_aws.patching import Fix, around


@around(LambdaFunction, "_get_layers_data")
def layers_of_other_accounts_exist(original: Fix, self: Any, layers_versions_arns: list[str]) -> list[dict[str, Any]]:
    """AWS's own layers are public; moto knows those of its account only."""
    own = [arn for arn in layers_versions_arns if f":{self.account_id}:" in arn]
    known: list[dict[str, Any]] = original(self, own)
    by_arn = {layer["Arn"]: layer for layer in known}
    return [by_arn.get(arn, {"Arn": arn, "CodeSize": 1}) for arn in layers_versions_arns]
