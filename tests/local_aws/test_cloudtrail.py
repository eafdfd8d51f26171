"""Trails are described by name, and a Region has at most five of them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client

MAX_TRAILS = 5


def create(client: Client, name: str, region: str = "us-east-1", *, regions: str = "one") -> str:
    """Create a trail of one region or of all of them."""
    client("s3").create_bucket(Bucket=f"trails-of-{name}")
    trail: dict[str, Any] = client("cloudtrail", region).create_trail(
        Name=name, S3BucketName=f"trails-of-{name}", IsMultiRegionTrail=regions == "all"
    )
    return str(trail["TrailARN"])


def test_trails_are_described_by_name_or_arn(client: Client) -> None:
    arn = create(client, "first")
    create(client, "second")
    for name in ("first", arn):
        described = client("cloudtrail").describe_trails(trailNameList=[name])["trailList"]
        assert [trail["Name"] for trail in described] == ["first"]
    assert len(client("cloudtrail").describe_trails()["trailList"]) == 2


def test_sixth_trail_of_a_region_is_rejected(client: Client) -> None:
    create(client, "everywhere", regions="all")
    for number in range(1, MAX_TRAILS):
        create(client, f"trail-{number}")
    with pytest.raises(ClientError, match="MaximumNumberOfTrailsExceededException"):
        create(client, "one-too-many")
    assert create(client, "elsewhere", "us-east-2")
