"""HTTP requests and responses in the form of a load balancer's Lambda target.

Source: Elastic Load Balancing guide, "Lambda functions as targets". With multi-value headers enabled on the target
group, event and response have `multiValueHeaders` instead of `headers`.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Final

from common import log
from common.errors import InvalidEvent

MAX_BODY_BYTES: Final = 8192
"""Limit of a request body; a payment needs about 200 bytes."""


class BodyTooLong(Exception):
    """The body exceeds MAX_BODY_BYTES."""


class RepeatedHeader(Exception):
    """A header that may occur once occurs more often; the argument is its name."""


class HeaderForm(Enum):
    """Form of headers that the target group uses."""

    SINGLE = "headers"
    MULTIPLE = "multiValueHeaders"


@dataclass(frozen=True, slots=True)
class Request:
    """HTTP request with lower-case header names and all values of each header."""

    method: str
    path: str
    headers: Mapping[str, Sequence[str]]
    body: bytes
    header_form: HeaderForm

    def header(self, name: str) -> str | None:
        """Return the value of a header, None if it is absent; raise RepeatedHeader if it occurs more than once."""
        values = self.headers.get(name, ())
        if len(values) > 1:
            raise RepeatedHeader(name)
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Response:
    """HTTP response with a JSON body."""

    status: HTTPStatus
    body: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem response (RFC 9457)."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return Response(status, body, {"content-type": "application/problem+json", **(headers or {})})


def serve(event: Mapping[str, object], respond: Callable[[Request], Response]) -> dict[str, object]:
    """Return the response to a load balancer's event; raise nothing."""
    form = HeaderForm.MULTIPLE if HeaderForm.MULTIPLE.value in event else HeaderForm.SINGLE
    try:
        request = parse_request(event)
    except BodyTooLong:
        return render(problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too long"), form)
    except InvalidEvent as error:
        log.error("invalid-event", error=str(error))
        return render(problem(HTTPStatus.BAD_REQUEST, "the request cannot be read"), form)
    try:
        return render(respond(request), form)
    except Exception as error:  # its message may quote the request
        log.error("failed", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None))
        return render(problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the request failed"), form)


def parse_request(event: Mapping[str, object]) -> Request:
    """Return the request in a load balancer's event."""
    context, method, path = event.get("requestContext"), event.get("httpMethod"), event.get("path")
    if not isinstance(context, dict) or "elb" not in context:
        raise InvalidEvent("the event is not one of a load balancer")
    if not isinstance(method, str) or not isinstance(path, str):
        raise InvalidEvent("the event has no method or path")
    header_form = HeaderForm.MULTIPLE if HeaderForm.MULTIPLE.value in event else HeaderForm.SINGLE
    headers = _parse_headers(event.get(header_form.value))
    return Request(method, path, headers, _parse_body(event), header_form)


def render(response: Response, header_form: HeaderForm) -> dict[str, object]:
    """Return a response in the load balancer's form. It must not be cached: it belongs to one caller."""
    headers = {"content-type": "application/json", "cache-control": "no-store", **response.headers}
    return {
        "statusCode": response.status.value,
        "statusDescription": f"{response.status.value} {response.status.phrase}",
        "isBase64Encoded": False,
        header_form.value: headers
        if header_form is HeaderForm.SINGLE
        else {name: [value] for name, value in headers.items()},
        "body": json.dumps(response.body, separators=(",", ":")),
    }


def _parse_headers(content: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(content, dict):
        return {}
    headers: dict[str, tuple[str, ...]] = {}
    for name, value in content.items():
        values = tuple(value) if isinstance(value, list) else (value,)
        headers[name.lower()] = headers.get(name.lower(), ()) + values
    return headers


def _parse_body(event: Mapping[str, object]) -> bytes:
    body = event.get("body") or ""
    if not isinstance(body, str):
        raise InvalidEvent("the event's body is not text")
    # Base64 needs four characters for three bytes.
    if len(body) > MAX_BODY_BYTES * 2:
        raise BodyTooLong
    try:
        decoded = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") is True else body.encode()
    except ValueError:
        raise InvalidEvent("the event's body is not base64") from None
    if len(decoded) > MAX_BODY_BYTES:
        raise BodyTooLong
    return decoded
