"""The local S3 keeps what AWS keeps."""

import pytest

from local_aws.conftest import Client


@pytest.mark.parametrize("size", ["varies_by_storage_class", "all_storage_classes_128K"])
def test_lifecycle_keeps_its_minimum_object_size(client: Client, size: str) -> None:
    s3 = client("s3")
    # The names of buckets are unique in all accounts.
    bucket = f"records-{size.lower().replace('_', '-')}"
    s3.create_bucket(Bucket=bucket)
    rule = {
        "ID": "archive",
        "Status": "Enabled",
        "Filter": {},
        "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
    }
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}, TransitionDefaultMinimumObjectSize=size
    )
    configuration = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert configuration["TransitionDefaultMinimumObjectSize"] == size
