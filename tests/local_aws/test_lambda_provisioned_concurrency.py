"""The local Lambda provisions concurrency as the API does."""

import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


@pytest.fixture
def functions(client: Client) -> Any:
    """A client of Lambda, with a function whose aliases `blue` and `green` have one version."""
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = client("iam").create_role(RoleName="payments", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("handler.py", "")
    functions = client("lambda")
    functions.create_function(
        FunctionName="payments",
        Runtime="python3.13",
        Handler="handler.handle",
        Role=role,
        Code={"ZipFile": archive.getvalue()},
        Publish=True,
    )
    for alias in ("blue", "green"):
        functions.create_alias(FunctionName="payments", Name=alias, FunctionVersion="1")
    return functions


def test_alias_is_provisioned_until_it_is_deleted(functions: Any) -> None:
    functions.put_provisioned_concurrency_config(
        FunctionName="payments", Qualifier="blue", ProvisionedConcurrentExecutions=2
    )
    found = functions.get_provisioned_concurrency_config(FunctionName="payments", Qualifier="blue")
    assert (found["Status"], found["RequestedProvisionedConcurrentExecutions"]) == ("READY", 2)
    functions.delete_provisioned_concurrency_config(FunctionName="payments", Qualifier="blue")
    with pytest.raises(ClientError, match="ProvisionedConcurrencyConfigNotFoundException"):
        functions.get_provisioned_concurrency_config(FunctionName="payments", Qualifier="blue")


def test_second_alias_of_a_version_is_refused(functions: Any) -> None:
    functions.put_provisioned_concurrency_config(
        FunctionName="payments", Qualifier="blue", ProvisionedConcurrentExecutions=2
    )
    with pytest.raises(ClientError, match="already Provisioned version"):
        functions.put_provisioned_concurrency_config(
            FunctionName="payments", Qualifier="green", ProvisionedConcurrentExecutions=2
        )
