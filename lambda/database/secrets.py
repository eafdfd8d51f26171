"""Database logins in Secrets Manager.

A secret is a JSON object with `username` and `password`, and may have `host`, `port` and `dbname`.
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
    """Database user and password; `repr` omits the password."""

    username: str
    password: str = field(repr=False)


def login(client: "SecretsManagerClient", secret: str, stage: str = "AWSCURRENT") -> Login:
    """Return the login in `secret`; raise `PlaceholderSecret` if it has no value yet, or a placeholder."""
    return parse_login(read(client, secret, stage), secret)


def read(client: "SecretsManagerClient", secret: str, stage: str = "AWSCURRENT") -> Mapping[str, Any]:
    """Return the JSON object in `secret`; raise `PlaceholderSecret` without one."""
    try:
        text = client.get_secret_value(SecretId=secret, VersionStage=stage).get("SecretString", "")
    except client.exceptions.ResourceNotFoundException:
        raise PlaceholderSecret(f"the secret {secret} has no {stage} value") from None
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        raise PlaceholderSecret(f"the secret {secret} is not a JSON object") from None
    if not isinstance(value, dict):
        raise PlaceholderSecret(f"the secret {secret} is not a JSON object")
    return value


def region_of(secret: str) -> str | None:
    """Return the region in the ARN of a secret, None for a name; Secrets Manager finds a secret in its region only."""
    parts = secret.split(":")
    return parts[3] if len(parts) > 3 and parts[0] == "arn" else None


def original(username: str) -> str:
    """Return the original of a clone; any other user is its own original."""
    return username.removesuffix(_CLONE)


def clone(username: str) -> str:
    """Return the clone of a user, with which it alternates."""
    return f"{username}{_CLONE}"


def alternate(username: str) -> str:
    """Return the other of two alternating users: NAME for its clone, the clone for NAME."""
    return original(username) if username.endswith(_CLONE) else clone(username)


def parse_login(value: Mapping[str, Any], secret: str) -> Login:
    """Return the login in a secret's JSON; errors name `secret`."""
    match value:
        case {"placeholder": placeholder} if placeholder:
            raise PlaceholderSecret(f"the secret {secret} has no credentials yet; write them into it")
        case {"username": str(username), "password": str(password)}:
            for name, text in (("username", username), ("password", password)):
                if _PLACEHOLDER.search(text):
                    raise PlaceholderSecret(f"the {name} in the secret {secret} is a placeholder")
            return Login(username, password)
        case _:
            raise PlaceholderSecret(f"the secret {secret} lacks username or password")
