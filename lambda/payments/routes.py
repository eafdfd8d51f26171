"""The routes of a payment API, whatever is behind them: a request in, an answer out, never an expected error."""

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

RETRY_AFTER: Final = 2
"""Seconds after which a caller should ask again; a fence lasts 20 at most."""

_PAYMENT: Final = re.compile(r"/payments/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class Routes(Protocol):
    """What answers the routes; Malformed, Unacceptable and Unavailable become answers."""

    def health(self) -> Response:
        """Tell whether a payment could be taken now."""

    def take(self, request: Request) -> Response:
        """Take a payment, once for each idempotency key."""

    def find(self, request: Request, payment_id: UUID) -> Response:
        """Tell of a payment that this caller asked for."""


def respond(routes: Routes, request: Request) -> Response:
    """Answer this request."""
    try:
        return _route(routes, request)
    except RepeatedHeader as error:
        return problem(HTTPStatus.BAD_REQUEST, f"the {error} header is given more than once")
    except Malformed as error:
        return problem(HTTPStatus.BAD_REQUEST, str(error))
    except Unacceptable as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    except Unavailable as error:
        log.warning("unavailable", reason=str(error))
        return _later()


def principal(request: Request) -> str:
    """Read who calls."""
    return parse_principal(request.header("x-principal"))


def current(limits: Cached[Limits]) -> Limits:
    """Give the limits as they are now."""
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
        return routes.take(request)
    if match := _PAYMENT.fullmatch(request.path):
        return routes.find(request, UUID(match[1])) if request.method == "GET" else _not_allowed("GET")
    return problem(HTTPStatus.NOT_FOUND, "there is no such resource")


def _later() -> Response:
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "payments cannot be taken at the moment; repeat the request with the same Idempotency-Key",
        {"retry-after": str(RETRY_AFTER)},
    )


def _not_allowed(method: str) -> Response:
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, f"only {method} is allowed here", {"allow": method})
