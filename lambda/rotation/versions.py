"""The versions of one secret, while one of them is made.

Source: Secrets Manager guide, "Rotation by Lambda function"; the labels AWSCURRENT, AWSPENDING, AWSPREVIOUS.
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
"""Characters: letters and digits alone, which no engine, URL or driver reads as anything else. 190 bits."""


class Step(Enum):
    """What Secrets Manager asks for, in this order."""

    CREATE = "createSecret"
    SET = "setSecret"
    TEST = "testSecret"
    FINISH = "finishSecret"


@dataclass(frozen=True)
class Request:
    """One step of one rotation; `token` is the id of the version that is made."""

    step: Step
    secret: str
    token: str


def parse_request(event: Mapping[str, Any]) -> Request:
    """Read Secrets Manager's event."""
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
    """The versions of the secret that a request is about."""

    client: "SecretsManagerClient"
    secret: str
    token: str

    def is_finished(self) -> bool:
        """Tell whether the rotation ended already; RotationFailed where Secrets Manager has not begun it."""
        described = self.client.describe_secret(SecretId=self.secret)
        if not described.get("RotationEnabled"):
            raise RotationFailed(f"the secret {self.secret} has no rotation")
        stages = described.get("VersionIdsToStages", {}).get(self.token, [])
        if "AWSCURRENT" in stages:
            return True
        if "AWSPENDING" not in stages:
            raise RotationFailed(f"the version {self.token} of the secret {self.secret} is not being made")
        return False

    def current(self) -> Value:
        """Give the value in use."""
        return self.read(self.secret)

    def previous(self) -> Value | None:
        """Give the value before the one in use, if there is one."""
        text = self._text(VersionStage="AWSPREVIOUS")
        return None if text is None else _value(text, self.secret)

    def pending(self) -> Value | None:
        """Give the value that is being made, if it is written already."""
        text = self._text(VersionId=self.token, VersionStage="AWSPENDING")
        return None if text is None else _value(text, self.secret)

    def read(self, secret: str) -> Value:
        """Give the value in use of any secret: the administrator's, say."""
        return secrets.read(self.client, secret)

    def write_pending(self, value: Value) -> None:
        """Write the value that is being made."""
        self.client.put_secret_value(
            SecretId=self.secret,
            ClientRequestToken=self.token,
            SecretString=json.dumps(value),
            VersionStages=["AWSPENDING"],
        )

    def finish(self) -> None:
        """Put the value that was made into use; the one before stays as AWSPREVIOUS."""
        stages = self.client.describe_secret(SecretId=self.secret).get("VersionIdsToStages", {})
        current = next(version for version, labels in stages.items() if "AWSCURRENT" in labels)
        self.client.update_secret_version_stage(
            SecretId=self.secret,
            VersionStage="AWSCURRENT",
            MoveToVersionId=self.token,
            RemoveFromVersionId=current,
        )

    def new_password(self) -> str:
        """Make a password of letters and digits (RDS refuses `/ ' " @` and space in a master's)."""
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
        raise InvalidSecret(f"the secret {secret} holds no JSON object")
    return value
