"""A Region has a quota of Elastic IP addresses."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


def allocate(ec2: Any) -> str:
    allocated: str = ec2.allocate_address(Domain="vpc")["AllocationId"]
    return allocated


def test_sixth_address_of_a_region_is_rejected(client: Client) -> None:
    ec2 = client("ec2")
    first, *_ = [allocate(ec2) for _ in range(5)]
    with pytest.raises(ClientError, match="AddressLimitExceeded"):
        allocate(ec2)
    ec2.release_address(AllocationId=first)
    assert allocate(ec2)


def test_regions_have_quotas_of_their_own(client: Client) -> None:
    for _ in range(5):
        allocate(client("ec2"))
    assert allocate(client("ec2", "us-east-2"))
