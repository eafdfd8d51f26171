"""Required scopes of methods, and IAM policies."""

import pytest

from authorizer.methods import Method, authorizer_response, parse_method, scope_of

STAGE = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/live"


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("POST/payments", "payments:write"),
        ("GET/payments/0f9c7a52-7a8e-4e59-9a55-0d6a3c1f7a11", "payments:read"),
    ],
)
def test_route_requires_its_scope(method: str, scope: str) -> None:
    assert scope_of(parse_method(f"{STAGE}/{method}")) == scope


@pytest.mark.parametrize(
    "method",
    [
        "GET/payments",
        "DELETE/payments/1",
        "POST/payments/1",
        "POST/payments/",
        "GET/payments/1/refunds",
        "GET/payments/*",
        "GET/payments/?",
        "GET/payments/..%2Fhealth",
        "GET/payments/${aws:username}",
        "GET/payments/1\n",
        "GET/health",
        "GET/",
        "GET",
    ],
)
def test_other_method_has_no_scope(method: str) -> None:
    assert scope_of(parse_method(f"{STAGE}/{method}")) is None


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "*",
        f"{STAGE}",
        f"{STAGE}/*",
        "arn:aws:s3:::bucket",
        f"{STAGE}/get/payments",
        "arn:aws:execute-api:*:*:*/*/*/*",
    ],
)
def test_invalid_method_arn_is_rejected(arn: str) -> None:
    with pytest.raises(ValueError, match="not the ARN"):
        parse_method(arn)


def test_policy_covers_exactly_the_method() -> None:
    method = Method(f"{STAGE}/POST/payments", "POST", "payments")
    assert authorizer_response("shop-17", "Allow", method) == {
        "principalId": "shop-17",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{STAGE}/POST/payments"}],
        },
        "context": {"principal": "shop-17"},
    }
