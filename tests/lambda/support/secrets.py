"""Creates secrets with an initial value."""

import json
from collections.abc import Mapping

from common import clients


def create_secret(name: str, value: Mapping[str, object]) -> str:
    """Create a secret with this value and return its ARN."""
    return clients.secretsmanager().create_secret(Name=name, SecretString=json.dumps(value))["ARN"]


def login_secret(name: str, username: str, password: str) -> str:
    """Create a secret with a database login and return its ARN."""
    return create_secret(name, {"username": username, "password": password})
