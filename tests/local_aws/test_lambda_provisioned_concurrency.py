"""The local Lambda provisions concurrency as the API does."""

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local_aws import patches

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@pytest.fixture
def client() -> Iterator["LambdaClient"]:
    patches.require_descriptions()
    with mock_aws():
        trust = '{"Version": "2012-10-17", "Statement": []}'
        role = boto3.client("iam").create_role(RoleName="payments", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        client = boto3.client("lambda", region_name="us-east-1")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as package:
            package.writestr("handler.py", "")
        client.create_function(
            FunctionName="payments",
            Runtime="python3.13",
            Handler="handler.handle",
            Role=role,
            Code={"ZipFile": archive.getvalue()},
            Publish=True,
        )
        for alias in ("blue", "green"):
            client.create_alias(FunctionName="payments", Name=alias, FunctionVersion="1")
        yield client


def test_alias_is_provisioned_until_it_is_deleted(client: "LambdaClient") -> None:
    client.put_provisioned_concurrency_config(
        FunctionName="payments", Qualifier="blue", ProvisionedConcurrentExecutions=2
    )
    found = client.get_provisioned_concurrency_config(FunctionName="payments", Qualifier="blue")
    assert (found["Status"], found["RequestedProvisionedConcurrentExecutions"]) == ("READY", 2)
    client.delete_provisioned_concurrency_config(FunctionName="payments", Qualifier="blue")
    with pytest.raises(ClientError, match="ProvisionedConcurrencyConfigNotFoundException"):
        client.get_provisioned_concurrency_config(FunctionName="payments", Qualifier="blue")


def test_second_alias_of_a_version_is_refused(client: "LambdaClient") -> None:
    client.put_provisioned_concurrency_config(
        FunctionName="payments", Qualifier="blue", ProvisionedConcurrentExecutions=2
    )
    with pytest.raises(ClientError, match="already Provisioned version"):
        client.put_provisioned_concurrency_config(
            FunctionName="payments", Qualifier="green", ProvisionedConcurrentExecutions=2
        )
