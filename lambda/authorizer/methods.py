"""The API's methods: which scope each asks for, and the policy that answers for one of them."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

Effect = Literal["Allow", "Deny"]


class Statement(TypedDict):
    """What an IAM policy says of one method."""

    Action: Literal["execute-api:Invoke"]
    Effect: Effect
    Resource: str


class PolicyDocument(TypedDict):
    """An IAM policy."""

    Version: Literal["2012-10-17"]
    Statement: list[Statement]


class Answer(TypedDict):
    """What a REQUEST authorizer answers (API Gateway guide, "Output from an API Gateway Lambda authorizer")."""

    principalId: str
    policyDocument: PolicyDocument
    context: dict[str, str]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a deployed API, as its ARN names it: verb and path as the caller sent them."""

    arn: str
    verb: str
    path: str


_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:execute-api:[a-z0-9-]+:[0-9]{12}:[a-z0-9]+/[A-Za-z0-9_$-]+/(?P<verb>[A-Z]+)(?:/(?P<path>.*))?",
    re.DOTALL,
)

# Paths are matched in full and hold nothing that IAM reads as a pattern (`*`, `?`, `${`), so that an ARN allowed here
# means one method only.
_SCOPES: Final = (
    ("POST", re.compile(r"payments"), "payments:write"),
    ("GET", re.compile(r"payments/[A-Za-z0-9-]{1,64}"), "payments:read"),
)


def parse_method(arn: str) -> Method:
    """Read a method ARN; ValueError for anything else."""
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ValueError("not the ARN of a method")
    return Method(arn, match["verb"], match["path"] or "")


def scope_of(method: Method) -> str | None:
    """Give the scope a caller needs for this method; nothing where no caller may call it."""
    for verb, path, scope in _SCOPES:
        if method.verb == verb and path.fullmatch(method.path):
            return scope
    return None


def answer(principal: str, effect: Effect, method: Method) -> Answer:
    """Answer for exactly this method."""
    return {
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": method.arn}],
        },
        "context": {"principal": principal},
    }
