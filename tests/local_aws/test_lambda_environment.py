"""The environment variables of a function are limited to 4 KB."""

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client
from local_aws.test_lambda_permissions import create_function


def test_variables_above_4_kb_are_rejected(client: Client) -> None:
    functions = create_function(client)
    functions.update_function_configuration(FunctionName="payments", Environment={"Variables": {"NAMES": "x" * 4000}})
    with pytest.raises(ClientError, match="exceeded the 4KB limit"):
        functions.update_function_configuration(
            FunctionName="payments", Environment={"Variables": {"NAMES": "x" * 4100}}
        )
