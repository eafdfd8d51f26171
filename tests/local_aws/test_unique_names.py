"""Names that exist once, as moto already implements them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


def reject(operation: Any, code: str, **arguments: Any) -> None:
    """Call an operation twice; the second call must be rejected."""
    operation(**arguments)
    with pytest.raises(ClientError, match=code):
        operation(**arguments)


def test_existing_log_group_is_rejected(client: Client) -> None:
    reject(client("logs").create_log_group, "ResourceAlreadyExistsException", logGroupName="/payments")


def test_existing_alias_of_a_key_is_rejected(client: Client) -> None:
    kms = client("kms")
    first, second = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    kms.create_alias(AliasName="alias/payments", TargetKeyId=first)
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        kms.create_alias(AliasName="alias/payments", TargetKeyId=second)


def test_bucket_name_is_rejected_in_every_region(client: Client) -> None:
    client("s3").create_bucket(Bucket="payments-audit")
    for region in ("us-east-2", "eu-west-1"):
        location = {"LocationConstraint": region}
        with pytest.raises(ClientError, match="BucketAlreadyOwnedByYou"):
            client("s3", region).create_bucket(Bucket="payments-audit", CreateBucketConfiguration=location)


def test_existing_secret_is_rejected(client: Client) -> None:
    reject(client("secretsmanager").create_secret, "ResourceExistsException", Name="payments", SecretString="{}")


def test_existing_parameter_is_rejected_without_overwrite(client: Client) -> None:
    reject(client("ssm").put_parameter, "ParameterAlreadyExists", Name="/payments", Value="0", Type="String")


def test_existing_repository_is_rejected(client: Client) -> None:
    reject(client("ecr").create_repository, "RepositoryAlreadyExistsException", repositoryName="payments")
