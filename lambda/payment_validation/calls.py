"""Calls of the pipeline's other functions."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common.errors import InvalidEvent, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

T = TypeVar("T")

_PARTS_OF_AN_ALIAS: Final = 8
"""arn:aws:lambda:region:account:function:name, and the alias or version."""


class NoAnswer(Unavailable):
    """The function was not called, or failed, or took too long: nobody knows how far it came."""


@dataclass(frozen=True)
class Callee:
    """A function, under one of its aliases."""

    client: "LambdaClient"
    name: str
    qualifier: str | None

    def ask(self, message: Mapping[str, object], read: Callable[[Mapping[str, Any]], T]) -> T:
        """Give the answer as `read` reads it.

        NoAnswer where there is none that can be read, Unavailable where it says that it cannot be done now.
        """
        target = f"{self.name}:{self.qualifier}" if self.qualifier else self.name
        try:
            answer = self.client.invoke(FunctionName=target, Payload=json.dumps(message).encode())
            content = answer["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise NoAnswer(f"{self.name}: {type(error).__name__}") from error
        if "FunctionError" in answer:
            # Its own log says why; the text of an error may quote the request.
            raise NoAnswer(f"{self.name}: {answer['FunctionError']}")
        return self._read(content, read)

    def _read(self, content: bytes, read: Callable[[Mapping[str, Any]], T]) -> T:
        try:
            answer = _object(content)
            if answer.get("outcome") != "unavailable":
                return read(answer)
        except (InvalidEvent, ValueError):
            raise NoAnswer(f"{self.name}: the answer cannot be read") from None
        raise Unavailable(f"{self.name}: {answer.get('reason')}")


def qualifier_of(arn: str) -> str | None:
    """Give the alias or version that this function was called under, if it was."""
    parts = arn.split(":")
    return parts[-1] if len(parts) == _PARTS_OF_AN_ALIAS else None


def _object(content: bytes) -> Mapping[str, Any]:
    answer = json.loads(content)
    if not isinstance(answer, dict):
        raise InvalidEvent("the answer is no object")
    return answer
