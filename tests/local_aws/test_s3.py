"""The local S3 keeps what AWS keeps."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

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


def test_one_of_several_concurrent_conditional_writes_is_accepted(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="decisions")
    s3.put_bucket_versioning(Bucket="decisions", VersioningConfiguration={"Status": "Enabled"})

    def write(key: str, number: int) -> int | None:
        try:
            s3.put_object(Bucket="decisions", Key=key, Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed"
            return None
        return number

    with ThreadPoolExecutor(8) as pool:
        for attempt in range(25):
            key = f"decision-{attempt}"
            accepted = [number for number in pool.map(write, [key] * 8, range(8)) if number is not None]
            versions = s3.list_object_versions(Bucket="decisions", Prefix=key)["Versions"]
            assert [len(accepted), len(versions)] == [1, 1]
            assert s3.get_object(Bucket="decisions", Key=key)["Body"].read() == str(accepted[0]).encode()


def test_versions_are_deleted_while_versioning_is_suspended(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="versions")
    for status in ("Enabled", "Suspended"):
        s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": status})
        if status == "Enabled":
            for body in (b"first", b"second"):
                s3.put_object(Bucket="versions", Key="state", Body=body)
    versions = s3.list_object_versions(Bucket="versions")["Versions"]
    entries = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
    assert len(s3.delete_objects(Bucket="versions", Delete={"Objects": entries[:1]})["Deleted"]) == 1
    assert len(s3.list_object_versions(Bucket="versions")["Versions"]) == 1
    assert len(s3.delete_objects(Bucket="versions", Delete={"Objects": entries[1:]})["Deleted"]) == 1
    s3.delete_bucket(Bucket="versions")
