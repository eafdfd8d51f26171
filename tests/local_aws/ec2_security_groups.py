"""EC2: security group rules."""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

from local_aws.patching import around_property


@around_property(SecurityGroupRule, "description")
def a_rule_to_a_group_has_a_description(moto: str | None, self: Any) -> str | None:
    """AWS describes every rule; moto only the description of a CIDR rule."""
    described = moto or (self.source_group or {}).get("Description")
    return None if described is None else str(described)
