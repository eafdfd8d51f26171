"""A name of a load balancer exists once in a Region."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


@pytest.fixture
def subnets(client: Client) -> list[str]:
    return [subnet["SubnetId"] for subnet in client("ec2").describe_subnets()["Subnets"][:2]]


def create(client: Client, subnets: list[str], **settings: Any) -> str:
    created = client("elbv2").create_load_balancer(Name="payments", Subnets=subnets, **settings)
    arn: str = created["LoadBalancers"][0]["LoadBalancerArn"]
    return arn


def test_same_settings_return_the_existing_load_balancer(client: Client, subnets: list[str]) -> None:
    assert create(client, subnets) == create(client, subnets)


def test_other_settings_are_rejected(client: Client, subnets: list[str]) -> None:
    create(client, subnets)
    with pytest.raises(ClientError, match="DuplicateLoadBalancerName"):
        create(client, subnets, Scheme="internal")


def test_existing_target_group_is_rejected(client: Client) -> None:
    vpc = client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    settings = {"Name": "payments", "Protocol": "HTTP", "VpcId": vpc}
    client("elbv2").create_target_group(**settings, Port=80)
    with pytest.raises(ClientError, match="DuplicateTargetGroupName"):
        client("elbv2").create_target_group(**settings, Port=81)
