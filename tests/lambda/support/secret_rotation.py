"""Runs rotations of secrets in place of Secrets Manager."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from moto.secretsmanager.models import secretsmanager_backends

from common import clients
from rotation import handler
from support.secrets import create_secret

ACCOUNT = "123456789012"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@dataclass(frozen=True)
class Secret:
    """A secret under rotation; `token` is its ClientRequestToken."""

    arn: str
    token: str = field(default_factory=lambda: str(uuid4()))

    def begin(self, *, test_only: bool = False) -> "Secret":
        """Begin a rotation with an empty pending version, or, for a test rotation, one with the current value.

        moto would invoke the function in a container and move the staging labels whatever its result.
        """
        secret: Any = secretsmanager_backends[ACCOUNT]["us-east-1"].secrets[self.arn]
        secret.rotation_requested = secret.rotation_enabled = True
        begun = Secret(self.arn)
        secret.versions[begun.token] = {"version_id": begun.token, "version_stages": ["AWSPENDING"], "createdate": 0}
        if test_only:
            secret.versions[begun.token]["secret_string"] = json.dumps(self.value())
        return begun

    def step(self, name: str) -> None:
        """Run one rotation step."""
        handler.handle({"Step": name, "SecretId": self.arn, "ClientRequestToken": self.token}, None)

    def rotate(self) -> Mapping[str, Any]:
        """Run every rotation step twice and return the new value."""
        begun = self.begin()
        for name in STEPS:
            begun.step(name)
            begun.step(name)
        return self.value()

    def value(self, stage: str = "AWSCURRENT") -> dict[str, Any]:
        """Return the value of one staging label."""
        text = clients.secretsmanager().get_secret_value(SecretId=self.arn, VersionStage=stage)["SecretString"]
        value: dict[str, Any] = json.loads(text)
        return value

    def put(self, value: Mapping[str, Any]) -> None:
        """Replace the current value manually."""
        clients.secretsmanager().put_secret_value(SecretId=self.arn, SecretString=json.dumps(value))

    def stages(self) -> dict[str, set[str]]:
        """Return the staging labels of each version."""
        described = clients.secretsmanager().describe_secret(SecretId=self.arn)
        return {version: set(stages) for version, stages in described["VersionIdsToStages"].items()}


def create(name: str, value: Mapping[str, Any]) -> Secret:
    """Create a secret."""
    return Secret(create_secret(name, value))
