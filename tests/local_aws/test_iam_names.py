"""The case of letters does not distinguish names of IAM."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client

TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
ACCESS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize("second", ["payments", "Payments"])
def test_existing_role_is_rejected(client: Client, second: str) -> None:
    iam = client("iam")
    iam.create_role(RoleName="payments", AssumeRolePolicyDocument=document(TRUST))
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        iam.create_role(RoleName=second, AssumeRolePolicyDocument=document(TRUST))


@pytest.mark.parametrize("second", ["payments", "Payments"])
def test_existing_policy_is_rejected(client: Client, second: str) -> None:
    iam = client("iam")
    iam.create_policy(PolicyName="payments", PolicyDocument=document(ACCESS))
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        iam.create_policy(PolicyName=second, PolicyDocument=document(ACCESS), Path="/payments/")


@pytest.mark.parametrize("second", ["payments", "Payments"])
def test_existing_instance_profile_is_rejected(client: Client, second: str) -> None:
    iam = client("iam")
    iam.create_instance_profile(InstanceProfileName="payments")
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        iam.create_instance_profile(InstanceProfileName=second)
