"""A custom resource's request, and the answer that CloudFormation waits for.

Source: CloudFormation user guide, "Custom resource request types" and "Custom resource response objects".
"""

import http.client
import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from common import log
from common.clock import Clock
from common.errors import InvalidEvent

_ATTEMPTS = 5
_SECONDS = 10  # for one attempt
_LONGEST = 4_096  # bytes of an answer
_THIS_MACHINE = ("127.0.0.1", "localhost")


class NotDelivered(Exception):
    """CloudFormation did not take the answer; Lambda calls the function again."""


class Validation(Enum):
    """Which checks are wanted."""

    SKIP = "skip"
    PRE = "pre"
    POST = "post"


@dataclass(frozen=True)
class Request:
    """Who asks, and where the answer goes: the URL is signed, so it is kept out of `repr`."""

    kind: str
    url: str = field(repr=False)
    stack: str
    request: str
    logical: str
    physical: str


@dataclass(frozen=True)
class Wanted:
    """What the resource's properties ask for; `run` is raised to run the same checks again."""

    validation: Validation
    run: str


@dataclass(frozen=True)
class Answer:
    """The end of a request. `result` is an attribute of the resource, and the reason where it failed."""

    succeeded: bool
    result: str


def request_of(event: Mapping[str, Any]) -> Request:
    """Who asks; raises `InvalidEvent` where nobody could be answered."""
    match event:
        case {
            "RequestType": "Create" | "Update" | "Delete" as kind,
            "ResponseURL": str(url),
            "StackId": str(stack),
            "RequestId": str(request),
            "LogicalResourceId": str(logical),
        }:
            # The same through all updates: another one would have CloudFormation delete the former resource.
            physical = str(event.get("PhysicalResourceId") or f"{logical}-{request}")
            return Request(kind, url, stack, request, logical, physical)
        case _:
            raise InvalidEvent("this is no request of a custom resource")


def wanted_of(event: Mapping[str, Any]) -> Wanted:
    """What the properties ask for."""
    properties = event.get("ResourceProperties")
    match properties:
        case {"RunValidation": str(validation), "ValidationRun": str(run)} if run.isalnum():
            try:
                return Wanted(Validation(validation), run)
            except ValueError:
                pass
    raise InvalidEvent("the properties need RunValidation (skip, pre or post) and ValidationRun (letters and digits)")


def send(request: Request, answer: Answer, clock: Clock) -> None:
    """Put the answer to the URL; tried again, since without it the stack waits until its time is up."""
    body = body_of(request, answer)
    for attempt in range(_ATTEMPTS):
        try:
            status = _put(request.url, body)
        except (OSError, http.client.HTTPException) as error:
            log.warning("answer-not-delivered", attempt=attempt, error=type(error).__name__)
        else:
            if status < http.client.BAD_REQUEST:
                log.info("answered", kind=request.kind, succeeded=answer.succeeded)
                return
            log.warning("answer-not-delivered", attempt=attempt, status=status)
        clock.sleep(2.0**attempt)
    raise NotDelivered(f"the answer could not be delivered in {_ATTEMPTS} attempts")


def body_of(request: Request, answer: Answer) -> bytes:
    """The answer as CloudFormation reads it."""
    told = log.masked(answer.result)[:_LONGEST]
    while len(body := _body_of(request, answer, told)) > _LONGEST:
        told = told[: len(told) * 9 // 10]
    return body


def _body_of(request: Request, answer: Answer, told: str) -> bytes:
    return json.dumps(
        {
            "Status": "SUCCESS" if answer.succeeded else "FAILED",
            "Reason": told,
            "PhysicalResourceId": request.physical,
            "StackId": request.stack,
            "RequestId": request.request,
            "LogicalResourceId": request.logical,
            "NoEcho": False,
            "Data": {"Result": told},
        }
    ).encode()


def _put(url: str, body: bytes) -> int:
    at = urllib.parse.urlsplit(url)
    host = at.hostname or ""
    connection: http.client.HTTPConnection
    if at.scheme == "https":
        connection = http.client.HTTPSConnection(host, at.port, timeout=_SECONDS)  # checks chain and name
    elif at.scheme == "http" and host in _THIS_MACHINE:
        connection = http.client.HTTPConnection(host, at.port, timeout=_SECONDS)
    else:
        raise InvalidEvent("answers are sent by TLS only")
    try:
        path = urllib.parse.urlunsplit(("", "", at.path, at.query, ""))
        # The signature was made over an empty type.
        connection.request("PUT", path, body, {"Content-Type": "", "Content-Length": str(len(body))})
        return connection.getresponse().status
    finally:
        connection.close()
