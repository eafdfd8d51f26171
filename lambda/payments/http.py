"""Requests and answers, as a load balancer hands them to a function.

Source: Elastic Load Balancing guide, "Lambda functions as targets". With multi-value headers enabled on the target
group, the event has `multiValueHeaders` in place of `headers`, and so must the answer.
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

LONGEST_BODY: Final = 8192
"""Bytes of a request's body, at most; a payment needs some 200."""


class BodyTooLong(Exception):
    """The body is longer than any request of this API."""


class RepeatedHeader(Exception):
    """A header that must be given once is given more than once; the argument is its name."""


class HeaderForm(Enum):
    """How the target group sends and expects headers."""

    SINGLE = "headers"
    MULTIPLE = "multiValueHeaders"


@dataclass(frozen=True, slots=True)
class Request:
    """A request. Header names are in lower case; of a repeated header all values are kept."""

    method: str
    path: str
    headers: Mapping[str, Sequence[str]]
    body: bytes
    header_form: HeaderForm

    def header(self, name: str) -> str | None:
        """Give the header's value, or nothing where it is absent; RepeatedHeader where it is given more than once."""
        values = self.headers.get(name, ())
        if len(values) > 1:
            raise RepeatedHeader(name)
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with a JSON body."""

    status: HTTPStatus
    body: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a problem (RFC 9457)."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return Response(status, body, {"content-type": "application/problem+json", **(headers or {})})


def serve(event: Mapping[str, object], respond: Callable[[Request], Response]) -> dict[str, object]:
    """Answer the load balancer; whatever happens, with an answer and not with an error's trace."""
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
    except Exception as error:  # the last resort: an unforeseen error's text may quote the request
        log.error("failed", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None))
        return render(problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the request failed"), form)


def parse_request(event: Mapping[str, object]) -> Request:
    """Read a load balancer's event."""
    context, method, path = event.get("requestContext"), event.get("httpMethod"), event.get("path")
    if not isinstance(context, dict) or "elb" not in context:
        raise InvalidEvent("the event is not a load balancer's")
    if not isinstance(method, str) or not isinstance(path, str):
        raise InvalidEvent("the event has no method or path")
    header_form = HeaderForm.MULTIPLE if HeaderForm.MULTIPLE.value in event else HeaderForm.SINGLE
    headers = _parse_headers(event.get(header_form.value))
    return Request(method, path, headers, _parse_body(event), header_form)


def render(response: Response, header_form: HeaderForm) -> dict[str, object]:
    """Write an answer for the load balancer. No answer of this API may be cached: each is one caller's."""
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
    if len(body) > LONGEST_BODY * 2:
        raise BodyTooLong
    try:
        decoded = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") is True else body.encode()
    except ValueError:
        raise InvalidEvent("the event's body is not what it says") from None
    if len(decoded) > LONGEST_BODY:
        raise BodyTooLong
    return decoded
