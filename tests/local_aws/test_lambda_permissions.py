"""A statement id exists once in the policy of a function."""

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


def create_function(client: Client) -> Any:
    """Create a function, and return a client of Lambda."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = client("iam").create_role(RoleName="payments", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("main.py", "")
    client("lambda").create_function(
        FunctionName="payments",
        Role=role,
        Runtime="python3.13",
        Handler="main.handle",
        Code={"ZipFile": archive.getvalue()},
        Publish=True,
    )
    return client("lambda")


def add_permission(functions: Any, **settings: str) -> None:
    functions.add_permission(
        FunctionName="payments",
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        **settings,
    )


def test_existing_statement_is_rejected(client: Client) -> None:
    functions = create_function(client)
    add_permission(functions)
    with pytest.raises(ClientError, match=r"ResourceConflictException.*already exists"):
        add_permission(functions)


def test_alias_has_statements_of_its_own(client: Client) -> None:
    functions = create_function(client)
    functions.create_alias(FunctionName="payments", Name="live", FunctionVersion="1")
    add_permission(functions)
    add_permission(functions, Qualifier="live")
    with pytest.raises(ClientError, match=r"ResourceConflictException.*already exists"):
        add_permission(functions, Qualifier="live")
