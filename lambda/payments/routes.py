"""Routes of the payment API: map a request to a handler, and its expected errors to responses."""

import re
from http import HTTPStatus
from typing import Final, Protocol
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from common import log
from common.cache import Cached
from common.errors import Unavailable
from payments.http import RepeatedHeader, Request, Response, problem
from payments.payment import Limits, Malformed, Unacceptable, parse_principal

RETRY_AFTER_SECONDS: Final = 2
"""Seconds after which a caller should retry; a fence lasts at most 20."""

_PAYMENT: Final = re.compile(r"/payments/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class Routes(Protocol):
    """Handlers of the routes; they may raise Malformed, Unacceptable and Unavailable."""

    def health(self) -> Response:
        """Return 200 if a payment can be accepted now."""

    def accept(self, request: Request) -> Response:
        """Accept a payment, once for each idempotency key."""

    def find(self, request: Request, payment_id: UUID) -> Response:
        """Return a payment of this caller."""


def respond(routes: Routes, request: Request) -> Response:
    """Return the response to a request."""
    try:
        return _route(routes, request)
    except RepeatedHeader as error:
        return problem(HTTPStatus.BAD_REQUEST, f"the {error} header occurs more than once")
    except Malformed as error:
        return problem(HTTPStatus.BAD_REQUEST, str(error))
    except Unacceptable as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    except Unavailable as error:
        log.warning("unavailable", reason=str(error))
        return _unavailable()


def principal(request: Request) -> str:
    """Return the caller."""
    return parse_principal(request.header("x-principal"))


def current_limits(limits: Cached[Limits]) -> Limits:
    """Return the limits; raise Unavailable if they cannot be read."""
    try:
        return limits.value()
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(type(error).__name__) from error


def _route(routes: Routes, request: Request) -> Response:
    if request.path == "/health":
        return routes.health() if request.method == "GET" else _not_allowed("GET")
    if request.path == "/payments":
        if request.method != "POST":
            return _not_allowed("POST")
        if (request.header("content-type") or "application/json").partition(";")[0].strip() != "application/json":
            return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json")
        return routes.accept(request)
    if match := _PAYMENT.fullmatch(request.path):
        return routes.find(request, UUID(match[1])) if request.method == "GET" else _not_allowed("GET")
    return problem(HTTPStatus.NOT_FOUND, "the resource does not exist")


def _unavailable() -> Response:
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "payments cannot be accepted at the moment; repeat the request with the same Idempotency-Key",
        {"retry-after": str(RETRY_AFTER_SECONDS)},
    )


def _not_allowed(method: str) -> Response:
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, f"only {method} is allowed here", {"allow": method})
