"""A security group contains a rule once."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client

RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}


def create_group(ec2: Any, name: str = "payments") -> dict[str, Any]:
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    created: dict[str, Any] = ec2.create_security_group(GroupName=name, Description="Payments", VpcId=vpc)
    return created


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_existing_rule_is_rejected(client: Client, direction: str) -> None:
    ec2 = client("ec2")
    group = create_group(ec2)["GroupId"]
    authorize = getattr(ec2, f"authorize_security_group_{direction}")
    authorize(GroupId=group, IpPermissions=[RULE])
    with pytest.raises(ClientError, match=r"InvalidPermission\.Duplicate"):
        authorize(GroupId=group, IpPermissions=[RULE])


def test_description_does_not_distinguish_rules(client: Client) -> None:
    ec2 = client("ec2")
    group = create_group(ec2)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[RULE])
    described = {**RULE, "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "Datacenter"}]}
    with pytest.raises(ClientError, match=r"InvalidPermission\.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[described])


def test_existing_group_name_is_rejected(client: Client) -> None:
    ec2 = client("ec2")
    create_group(ec2)
    with pytest.raises(ClientError, match=r"InvalidGroup\.Duplicate"):
        create_group(ec2)
