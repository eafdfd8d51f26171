"""A Region has quotas of Elastic IP addresses and of VPCs, which Service Quotas increases."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client

MAX_ADDRESSES = 5
# The fifth VPC is the default VPC.
MAX_OWN_VPCS = 4


def allocate(ec2: Any) -> str:
    allocated: str = ec2.allocate_address(Domain="vpc")["AllocationId"]
    return allocated


def create_vpc(ec2: Any) -> str:
    created: str = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return created


def test_sixth_address_of_a_region_is_rejected(client: Client) -> None:
    ec2 = client("ec2")
    first, *_ = [allocate(ec2) for _ in range(MAX_ADDRESSES)]
    with pytest.raises(ClientError, match="AddressLimitExceeded"):
        allocate(ec2)
    ec2.release_address(AllocationId=first)
    assert allocate(ec2)


def test_sixth_vpc_of_a_region_is_rejected(client: Client) -> None:
    ec2 = client("ec2")
    first, *_ = [create_vpc(ec2) for _ in range(MAX_OWN_VPCS)]
    with pytest.raises(ClientError, match="VpcLimitExceeded"):
        create_vpc(ec2)
    ec2.delete_vpc(VpcId=first)
    assert create_vpc(ec2)


def test_regions_have_quotas_of_their_own(client: Client) -> None:
    for _ in range(MAX_ADDRESSES):
        allocate(client("ec2"))
    assert allocate(client("ec2", "us-east-2"))


@pytest.mark.parametrize(
    ("service", "code", "default", "create"),
    [("ec2", "L-0263D0A3", MAX_ADDRESSES, allocate), ("vpc", "L-F678F1CE", MAX_OWN_VPCS, create_vpc)],
)
def test_increase_of_a_quota_holds_in_its_region(
    client: Client, service: str, code: str, default: int, create: Callable[[Any], str]
) -> None:
    quotas = client("service-quotas")
    quotas.request_service_quota_increase(ServiceCode=service, QuotaCode=code, DesiredValue=10)
    for _ in range(default + 1):
        create(client("ec2"))
    other = client("ec2", "us-east-2")
    for _ in range(default):
        create(other)
    with pytest.raises(ClientError, match="LimitExceeded"):
        create(other)
