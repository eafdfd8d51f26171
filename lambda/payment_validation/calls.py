"""Invocations of the pipeline's other functions."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common.errors import InvalidEvent, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

T = TypeVar("T")

_PARTS_OF_QUALIFIED_ARN: Final = 8
"""arn:aws:lambda:region:account:function:name, and the alias or version."""


class NoResponse(Unavailable):
    """The function was not invoked, failed, or exceeded its timeout: its progress is unknown."""


@dataclass(frozen=True)
class Callee:
    """Function, through one of its aliases."""

    client: "LambdaClient"
    name: str
    qualifier: str | None

    def invoke(self, message: Mapping[str, object], parse: Callable[[Mapping[str, Any]], T]) -> T:
        """Invoke the function and return its parsed response.

        Raise NoResponse if there is none that can be parsed, Unavailable if the function returns that outcome.
        """
        target = f"{self.name}:{self.qualifier}" if self.qualifier else self.name
        try:
            response = self.client.invoke(FunctionName=target, Payload=json.dumps(message).encode())
            content = response["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise NoResponse(f"{self.name}: {type(error).__name__}") from error
        if "FunctionError" in response:
            # Its own log has the reason; the message of an error may quote the request.
            raise NoResponse(f"{self.name}: {response['FunctionError']}")
        return self._parse(content, parse)

    def _parse(self, content: bytes, parse: Callable[[Mapping[str, Any]], T]) -> T:
        try:
            result = _object(content)
            if result.get("outcome") != "unavailable":
                return parse(result)
        except (InvalidEvent, ValueError):
            raise NoResponse(f"{self.name}: the response cannot be parsed") from None
        raise Unavailable(f"{self.name}: {result.get('reason')}")


def qualifier_of(arn: str) -> str | None:
    """Return the alias or version through which this function was invoked, if any."""
    parts = arn.split(":")
    return parts[-1] if len(parts) == _PARTS_OF_QUALIFIED_ARN else None


def _object(content: bytes) -> Mapping[str, Any]:
    result = json.loads(content)
    if not isinstance(result, dict):
        raise InvalidEvent("the response is not a JSON object")
    return result
