"""The handler of the authorizer: API Gateway event, IAM policy or error, and log."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from authorizer import handler
from authorizer.keys import KeysUnavailable
from common import clients
from common.errors import InvalidEvent
from support.signed_tokens import AUDIENCE, CLAIMS, HEADER, ISSUER, KEY, base64url, sign

STAGE = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/live"
SECRET = "secret-migration-abc123-api"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "SIGNING_KEY_SECRET_ARN": SECRET,
        "ISSUER": ISSUER,
        "AUDIENCE": AUDIENCE,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        clients.clear_cache()
        handler._authorizer.cache_clear()
        client = boto3.client("secretsmanager")
        client.create_secret(Name=SECRET, SecretString=keys())
        yield client
    clients.clear_cache()
    handler._authorizer.cache_clear()


def keys(kid: str = "k1", key: bytes = KEY) -> str:
    return json.dumps({"current": {"kid": kid, "key": base64url(key)}})


def token(**claims: object) -> str:
    now = int(time.time())
    return sign({**CLAIMS, "iat": now, "exp": now + 300, **claims})


def event(*authorization: str, method: str = "POST/payments", header: str = "Authorization") -> dict[str, Any]:
    headers = {"Host": ["payments.example.com"]} | ({header: list(authorization)} if authorization else {})
    return {
        "type": "REQUEST",
        "methodArn": f"{STAGE}/{method}",
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
    }


def effect(event: dict[str, Any]) -> str:
    response = handler.handle(event, None)
    [statement] = response["policyDocument"]["Statement"]
    assert statement["Resource"] == event["methodArn"]
    return statement["Effect"]


def test_caller_with_scope_is_allowed_the_method() -> None:
    assert effect(event(f"Bearer {token()}")) == "Allow"


def test_caller_is_passed_to_the_integration() -> None:
    response = handler.handle(event(f"Bearer {token()}"), None)
    assert (response["principalId"], response["context"]) == ("shop-17", {"principal": "shop-17"})


@pytest.mark.parametrize("header", ["authorization", "AUTHORIZATION"])
def test_authorization_header_is_case_insensitive(header: str) -> None:
    assert effect(event(f"bearer {token()}", header=header)) == "Allow"


def test_caller_without_scope_is_denied() -> None:
    assert effect(event(f"Bearer {token(scope='payments:read')}")) == "Deny"


def test_method_without_scope_is_denied() -> None:
    assert effect(event(f"Bearer {token()}", method="DELETE/payments/1")) == "Deny"


@pytest.mark.parametrize(
    "authorization",
    [[], [""], ["Bearer"], ["Bearer "], ["Basic dTpw"], ["Bearer x.y.z"], [f"Token {token()}"]],
)
def test_missing_or_invalid_token_is_unauthorized(authorization: list[str]) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler.handle(event(*authorization), None)


def test_two_tokens_are_unauthorized() -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler.handle(event(f"Bearer {token()}", f"Bearer {token()}"), None)


def test_expired_token_is_unauthorized() -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler.handle(event(f"Bearer {token(iat=1_000_000_000, exp=1_000_000_300)}"), None)


def test_rotated_key_accepts_tokens_of_the_previous_key(secret: Any) -> None:
    assert effect(event(f"Bearer {token()}")) == "Allow"
    rotated = {
        "current": {"kid": "k2", "key": base64url(b"n" * 32)},
        "previous": {"kid": "k1", "key": base64url(KEY)},
    }
    secret.put_secret_value(SecretId=SECRET, SecretString=json.dumps(rotated))
    handler._authorizer.cache_clear()
    now = int(time.time())
    renewed = sign({**CLAIMS, "iat": now, "exp": now + 300}, {**HEADER, "kid": "k2"}, b"n" * 32)
    assert [effect(event(f"Bearer {each}")) for each in (token(), renewed)] == ["Allow", "Allow"]


def test_unreadable_keys_raise_an_error_other_than_unauthorized(secret: Any) -> None:
    secret.put_secret_value(SecretId=SECRET, SecretString="placeholder")
    with pytest.raises(KeysUnavailable):
        handler.handle(event(f"Bearer {token()}"), None)


def test_failure_is_logged_for_an_alarm_and_a_refused_token_is_not(
    secret: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler.handle(event("Bearer x.y.z"), None)
    assert "authorization-failed" not in capfd.readouterr().out
    handler._authorizer.cache_clear()
    secret.put_secret_value(SecretId=SECRET, SecretString="placeholder")
    with pytest.raises(KeysUnavailable):
        handler.handle(event(f"Bearer {token()}"), None)
    assert '"event":"authorization-failed","error":"KeysUnavailable"' in capfd.readouterr().out


def test_event_without_method_raises_invalid_event() -> None:
    with pytest.raises(InvalidEvent):
        handler.handle({**event(f"Bearer {token()}"), "methodArn": "*"}, None)


def test_log_does_not_contain_the_token(capfd: pytest.CaptureFixture[str]) -> None:
    good, bad = token(), token(aud="other")
    handler.handle(event(f"Bearer {good}"), None)
    with pytest.raises(Exception, match="Unauthorized") as raised:
        handler.handle(event(f"Bearer {bad}"), None)
    written = "".join(capfd.readouterr()) + repr(raised.value)
    assert '"reason":"audience"' in written
    assert not any(part in written for event in (good, bad) for part in event.split("."))
