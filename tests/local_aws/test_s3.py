"""The local S3 keeps what AWS keeps."""

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from local_aws import patches

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import TransitionDefaultMinimumObjectSizeType


@pytest.mark.parametrize("size", ["varies_by_storage_class", "all_storage_classes_128K"])
def test_lifecycle_keeps_its_minimum_object_size(size: "TransitionDefaultMinimumObjectSizeType") -> None:
    patches.require_descriptions()
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="records")
        client.put_bucket_lifecycle_configuration(
            Bucket="records",
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "archive",
                        "Status": "Enabled",
                        "Filter": {},
                        "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
                    }
                ]
            },
            TransitionDefaultMinimumObjectSize=size,
        )
        configuration = client.get_bucket_lifecycle_configuration(Bucket="records")
        assert configuration["TransitionDefaultMinimumObjectSize"] == size
