"""Versions of one secret during its rotation.

Source: Secrets Manager guide, "Rotation by Lambda function"; the staging labels AWSCURRENT, AWSPENDING, AWSPREVIOUS.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from common.errors import InvalidEvent
from database import secrets
from rotation.errors import InvalidSecret, RotationFailed

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

Value: TypeAlias = Mapping[str, Any]
"""A secret's JSON object."""

PASSWORD_LENGTH = 32
"""Letters and digits, which need no quoting in any engine, URL or driver; 190 bits."""


class Step(Enum):
    """Steps of a rotation, in the order of Secrets Manager."""

    CREATE = "createSecret"
    SET = "setSecret"
    TEST = "testSecret"
    FINISH = "finishSecret"


@dataclass(frozen=True)
class Request:
    """One step of one rotation; `token` is the id of the new version."""

    step: Step
    secret: str
    token: str


def parse_request(event: Mapping[str, Any]) -> Request:
    """Return the request in an event of Secrets Manager."""
    match event:
        case {"Step": str(step), "SecretId": str(secret), "ClientRequestToken": str(token)}:
            try:
                return Request(Step(step), secret, token)
            except ValueError:
                raise InvalidEvent(f"the step is {step!r}, allowed: {', '.join(s.value for s in Step)}") from None
        case _:
            raise InvalidEvent("the event lacks Step, SecretId or ClientRequestToken")


@dataclass(frozen=True)
class Versions:
    """Versions of the secret that a request names."""

    client: "SecretsManagerClient"
    secret: str
    token: str

    def stages(self) -> list[str]:
        """Return the staging labels of the version; raise RotationFailed if the secret has no rotation."""
        described = self.client.describe_secret(SecretId=self.secret)
        if not described.get("RotationEnabled"):
            raise RotationFailed(f"the secret {self.secret} has no rotation")
        return described.get("VersionIdsToStages", {}).get(self.token, [])

    def current(self) -> Value:
        """Return the current value."""
        return self.read(self.secret)

    def previous(self) -> Value | None:
        """Return the value before the current one, if there is one."""
        text = self._text(VersionStage="AWSPREVIOUS")
        return None if text is None else _value(text, self.secret)

    def pending(self) -> Value | None:
        """Return the pending value, if it is written."""
        text = self._text(VersionId=self.token, VersionStage="AWSPENDING")
        return None if text is None else _value(text, self.secret)

    def read(self, secret: str) -> Value:
        """Return the current value of any secret, such as the administrator's."""
        return secrets.read(self.client, secret)

    def write_pending(self, value: Value) -> None:
        """Write the pending value."""
        self.client.put_secret_value(
            SecretId=self.secret,
            ClientRequestToken=self.token,
            SecretString=json.dumps(value),
            VersionStages=["AWSPENDING"],
        )

    def cancel(self) -> None:
        """Remove AWSPENDING from the version of this rotation: otherwise Secrets Manager refuses the next one."""
        self.client.update_secret_version_stage(
            SecretId=self.secret, VersionStage="AWSPENDING", RemoveFromVersionId=self.token
        )

    def finish(self) -> None:
        """Make the pending value current; the former one keeps the label AWSPREVIOUS."""
        stages = self.client.describe_secret(SecretId=self.secret).get("VersionIdsToStages", {})
        current = next(version for version, labels in stages.items() if "AWSCURRENT" in labels)
        self.client.update_secret_version_stage(
            SecretId=self.secret,
            VersionStage="AWSCURRENT",
            MoveToVersionId=self.token,
            RemoveFromVersionId=current,
        )

    def new_password(self) -> str:
        """Return a new password of letters and digits (RDS rejects `/ ' " @` and spaces in a master's)."""
        return self.client.get_random_password(PasswordLength=PASSWORD_LENGTH, ExcludePunctuation=True)[
            "RandomPassword"
        ]

    def _text(self, **version: str) -> str | None:
        try:
            return self.client.get_secret_value(SecretId=self.secret, **version).get("SecretString")
        except self.client.exceptions.ResourceNotFoundException:
            return None


def _value(text: str, secret: str) -> Value:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise InvalidSecret(f"the secret {secret} is not a JSON object")
    return value
