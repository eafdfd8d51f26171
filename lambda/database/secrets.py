"""Database logins out of Secrets Manager.

A secret is JSON with `username` and `password`, and may carry `host`, `port` and `dbname`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from common.errors import PlaceholderSecret

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_CLONE = "_clone"
_PLACEHOLDER = re.compile(r"^\s*$|place.?holder|change.?me|replace.?me|^todo$|^<.*>$", re.IGNORECASE)


@dataclass(frozen=True)
class Login:
    """A database user and its password; the password is kept out of `repr`."""

    username: str
    password: str = field(repr=False)


def login(client: "SecretsManagerClient", secret: str, stage: str = "AWSCURRENT") -> Login:
    """The login that `secret` holds.

    Raises `PlaceholderSecret` when there is no value yet, or one that nobody could log in with.
    """
    return parse_login(read(client, secret, stage), secret)


def read(client: "SecretsManagerClient", secret: str, stage: str = "AWSCURRENT") -> Mapping[str, Any]:
    """The JSON object of `secret`; raises `PlaceholderSecret` when it has none."""
    try:
        text = client.get_secret_value(SecretId=secret, VersionStage=stage).get("SecretString", "")
    except client.exceptions.ResourceNotFoundException:
        raise PlaceholderSecret(f"the secret {secret} has no {stage} value") from None
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        raise PlaceholderSecret(f"the secret {secret} holds no JSON object") from None
    if not isinstance(value, dict):
        raise PlaceholderSecret(f"the secret {secret} holds no JSON object")
    return value


def region_of(secret: str) -> str | None:
    """The region that the ARN of a secret names, for Secrets Manager finds nothing in another; None of a name."""
    parts = secret.split(":")
    return parts[3] if len(parts) > 3 and parts[0] == "arn" else None


def original(username: str) -> str:
    """The user whom this one stands in for, which may be itself: rotation by turns makes clones."""
    return username.removesuffix(_CLONE)


def clone(username: str) -> str:
    """The user who stands in for this one."""
    return f"{username}{_CLONE}"


def alternate(username: str) -> str:
    """The user whose turn is next: NAME after its clone, and the clone after NAME."""
    return original(username) if username.endswith(_CLONE) else clone(username)


def parse_login(value: Mapping[str, Any], secret: str) -> Login:
    """A login out of a secret's JSON; `secret` only names it in the error."""
    match value:
        case {"placeholder": marked} if marked:
            raise PlaceholderSecret(f"nobody has written the credentials into the secret {secret} yet")
        case {"username": str(username), "password": str(password)}:
            for name, text in (("username", username), ("password", password)):
                if _PLACEHOLDER.search(text):
                    raise PlaceholderSecret(f"the {name} in the secret {secret} is a placeholder")
            return Login(username, password)
        case _:
            raise PlaceholderSecret(f"the secret {secret} lacks username or password")
