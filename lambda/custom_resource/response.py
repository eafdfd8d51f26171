"""Response to a custom resource request.

Source: CloudFormation user guide, "Custom resource response objects".
"""

import http.client
import json
import urllib.parse
from dataclasses import dataclass
from typing import Final

from common import log
from common.clock import Clock
from common.errors import InvalidEvent
from custom_resource.request import Request

_ATTEMPTS: Final = 5
_TIMEOUT_SECONDS: Final = 10
_MAX_BYTES: Final = 4_096
_LOOPBACK: Final = ("127.0.0.1", "localhost")


class NotDelivered(Exception):
    """CloudFormation did not accept the response; Lambda then retries the asynchronous invocation."""


@dataclass(frozen=True)
class Response:
    """Outcome of a request. `result` becomes an attribute of the resource, or the reason of the failure."""

    succeeded: bool
    result: str


def send_response(request: Request, response: Response, clock: Clock) -> None:
    """Put the response to the signed URL, with retries: without it the stack waits until its timeout."""
    body = response_body(request, response)
    for attempt in range(_ATTEMPTS):
        try:
            status = _put(request.response_url, body)
        except (OSError, http.client.HTTPException) as error:
            log.warning("response-not-delivered", attempt=attempt, error=type(error).__name__)
        else:
            if status < http.client.BAD_REQUEST:
                log.info("response-sent", type=request.type, succeeded=response.succeeded)
                return
            log.warning("response-not-delivered", attempt=attempt, status=status)
        clock.sleep(2.0**attempt)
    raise NotDelivered(f"the response could not be delivered in {_ATTEMPTS} attempts")


def response_body(request: Request, response: Response) -> bytes:
    """Return the JSON of the response, with its text cut to the size that CloudFormation accepts."""
    text = log.masked(response.result)[:_MAX_BYTES]
    while len(body := _to_json(request, response, text)) > _MAX_BYTES:
        text = text[: len(text) * 9 // 10]
    return body


def _to_json(request: Request, response: Response, text: str) -> bytes:
    return json.dumps(
        {
            "Status": "SUCCESS" if response.succeeded else "FAILED",
            "Reason": text,
            "PhysicalResourceId": request.physical_id,
            "StackId": request.stack_id,
            "RequestId": request.request_id,
            "LogicalResourceId": request.logical_id,
            "NoEcho": False,
            "Data": {"Result": text},
        }
    ).encode()


def _put(url: str, body: bytes) -> int:
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, parts.port, timeout=_TIMEOUT_SECONDS)  # verifies chain and name
    elif parts.scheme == "http" and host in _LOOPBACK:
        connection = http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT_SECONDS)
    else:
        raise InvalidEvent("responses are sent over TLS only")
    try:
        path = urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))
        # The URL is signed for an empty content type.
        connection.request("PUT", path, body, {"Content-Type": "", "Content-Length": str(len(body))})
        return connection.getresponse().status
    finally:
        connection.close()
