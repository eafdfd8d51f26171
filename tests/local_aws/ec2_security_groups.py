"""EC2: security group rules."""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

from local_aws.patching import wrap_property


@wrap_property(SecurityGroupRule, "description")
def return_description_of_group_rule(moto: str | None, self: Any) -> str | None:
    """AWS returns the description of every rule; moto returns only that of a CIDR rule."""
    described = moto or (self.source_group or {}).get("Description")
    return None if described is None else str(described)
