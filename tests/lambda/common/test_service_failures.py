"""Failed calls of AWS: every function that a state machine calls raises the one error that is retried."""

import importlib
from collections.abc import Iterator
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from common.errors import ServiceFailure
from support.environment import Environment

_EVENTS = [
    ("cutover", {"operation": "replication_status", "execution": "run"}),
    ("validation", {"operation": "plan", "execution": "run"}),
    ("approval", {"operation": "request_approval", "token": "t", "question": "?", "execution": "run"}),
]
_ERRORS = [
    ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "GetParameter"),
    EndpointConnectionError(endpoint_url="https://ssm.us-east-1.amazonaws.com"),
    ReadTimeoutError(endpoint_url="https://ssm.us-east-1.amazonaws.com"),
]


@pytest.fixture
def functions(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {**environment.variables, "AWS_LAMBDA_FUNCTION_NAME": "f", "HASH_KEY_ARN": "arn"}.items():
        monkeypatch.setenv(name, value)
    yield


@pytest.mark.parametrize("error", _ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(("function", "event"), _EVENTS)
@pytest.mark.usefixtures("functions")
def test_failed_call_raises_service_failure(
    monkeypatch: pytest.MonkeyPatch, function: str, event: dict[str, Any], error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", fail)
    with pytest.raises(ServiceFailure, match=r"Rate exceeded|Could not connect|Read timeout"):
        importlib.import_module(f"{function}.handler").handle(event, None)
