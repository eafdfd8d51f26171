"""Methods of the API, the scopes that they require, and the policy for one of them."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

Effect = Literal["Allow", "Deny"]


class Statement(TypedDict):
    """Statement of an IAM policy on one method."""

    Action: Literal["execute-api:Invoke"]
    Effect: Effect
    Resource: str


class PolicyDocument(TypedDict):
    """An IAM policy."""

    Version: Literal["2012-10-17"]
    Statement: list[Statement]


class AuthorizerResponse(TypedDict):
    """Response of a REQUEST authorizer (API Gateway guide, "Output from an API Gateway Lambda authorizer")."""

    principalId: str
    policyDocument: PolicyDocument
    context: dict[str, str]


@dataclass(frozen=True, slots=True)
class Method:
    """Method of a deployed API, with verb and path as the caller sent them."""

    arn: str
    verb: str
    path: str


_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:execute-api:[a-z0-9-]+:[0-9]{12}:[a-z0-9]+/[A-Za-z0-9_$-]+/(?P<verb>[A-Z]+)(?:/(?P<path>.*))?",
    re.DOTALL,
)

# Patterns match whole paths, without wildcards and variables of IAM (`*`, `?`, `${`): an allowed ARN is one method.
_SCOPES: Final = (
    ("POST", re.compile(r"payments"), "payments:write"),
    ("GET", re.compile(r"payments/[A-Za-z0-9-]{1,64}"), "payments:read"),
)


def parse_method(arn: str) -> Method:
    """Return the method in an ARN; raise ValueError for any other text."""
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ValueError("not the ARN of a method")
    return Method(arn, match["verb"], match["path"] or "")


def scope_of(method: Method) -> str | None:
    """Return the scope that this method requires; None if no caller may use it."""
    for verb, path, scope in _SCOPES:
        if method.verb == verb and path.fullmatch(method.path):
            return scope
    return None


def authorizer_response(principal: str, effect: Effect, method: Method) -> AuthorizerResponse:
    """Return a policy for exactly this method."""
    return {
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": method.arn}],
        },
        "context": {"principal": principal},
    }
