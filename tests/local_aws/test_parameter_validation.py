"""Clients of this process send only parameters that the models of their services allow."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError
from moto import mock_aws

import local_aws.parameter_validation  # noqa: F401  the import patches botocore


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield boto3.Session(region_name="us-east-1").client("logs")


def test_value_that_does_not_match_a_pattern_is_rejected(logs: Any) -> None:
    with pytest.raises(ParamValidationError, match="Value 'two words' at 'logGroupName' failed to satisfy constraint"):
        logs.create_log_group(logGroupName="two words")


def test_value_outside_an_enumeration_is_rejected(logs: Any) -> None:
    with pytest.raises(ParamValidationError, match="satisfy enum value set"):
        logs.create_log_group(logGroupName="/payments", logGroupClass="CHEAP")


def test_valid_parameters_are_accepted(logs: Any) -> None:
    logs.create_log_group(logGroupName="/payments")
    assert logs.describe_log_groups()["logGroups"][0]["logGroupName"] == "/payments"
