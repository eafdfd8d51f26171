"""The routes of the payment API: a request in, an answer out, never an error."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from common import log
from payment_api import store
from payment_api.cached import Cached
from payment_api.http import RepeatedHeader, Request, Response, problem
from payment_api.payment import (
    Limits,
    Malformed,
    Payment,
    Unacceptable,
    parse_idempotency_key,
    parse_payment,
    parse_principal,
)
from payment_api.writer import Unavailable, WriterDatabase

RETRY_AFTER = 2
"""Seconds after which a caller should ask again; a fence lasts 20 at most."""

_PAYMENT = re.compile(r"/payments/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True)
class Api:
    """The API over one way to the writer."""

    writer: WriterDatabase
    limits: Cached[Limits]
    new_id: Callable[[], UUID]

    def respond(self, request: Request) -> Response:
        """Answer this request."""
        try:
            return self._route(request)
        except RepeatedHeader as fault:
            return problem(HTTPStatus.BAD_REQUEST, f"the {fault} header is given more than once")
        except Malformed as fault:
            return problem(HTTPStatus.BAD_REQUEST, str(fault))
        except Unacceptable as fault:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(fault))
        except Unavailable as fault:
            log.warning("unavailable", reason=str(fault))
            return later()

    def _route(self, request: Request) -> Response:
        if request.path == "/health":
            return self._health() if request.method == "GET" else _not_allowed("GET")
        if request.path == "/payments":
            return self._take(request) if request.method == "POST" else _not_allowed("POST")
        if match := _PAYMENT.fullmatch(request.path):
            return self._find(request, UUID(match[1])) if request.method == "GET" else _not_allowed("GET")
        return problem(HTTPStatus.NOT_FOUND, "there is no such resource")

    def _health(self) -> Response:
        if not self.writer.run(store.takes_writes):
            raise Unavailable("read-only")
        return Response(HTTPStatus.OK, {"status": "ok"})

    def _take(self, request: Request) -> Response:
        if (request.header("content-type") or "application/json").partition(";")[0].strip() != "application/json":
            return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json")
        key = parse_idempotency_key(request.header("idempotency-key"))
        claim = store.Claim(_principal(request), key)
        wanted = parse_payment(request.body, self._limits())
        new_id = self.new_id()

        outcome = self.writer.run(lambda database: store.take(database, claim, wanted, new_id))
        match outcome:
            case store.Refusal.KEY_REUSED:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, outcome.value)
            case store.Refusal.KEY_VANISHED:
                raise Unavailable(outcome.value)
            case Payment() as payment:
                log.info("payment-taken" if payment.id == new_id else "payment-repeated", payment=str(payment.id))
                return Response(HTTPStatus.CREATED, _body(payment), {"location": f"/payments/{payment.id}"})

    def _find(self, request: Request, payment_id: UUID) -> Response:
        principal = _principal(request)
        payment = self.writer.run(lambda database: store.find(database, principal, payment_id))
        if payment is None:
            return problem(HTTPStatus.NOT_FOUND, "there is no such payment")
        return Response(HTTPStatus.OK, _body(payment))

    def _limits(self) -> Limits:
        try:
            return self.limits.value()
        except (BotoCoreError, ClientError) as fault:
            raise Unavailable(type(fault).__name__) from fault


def later() -> Response:
    """Ask the caller to come again."""
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "payments cannot be taken at the moment; repeat the request with the same Idempotency-Key",
        {"retry-after": str(RETRY_AFTER)},
    )


def _principal(request: Request) -> str:
    return parse_principal(request.header("x-principal"))


def _not_allowed(method: str) -> Response:
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, f"only {method} is allowed here", {"allow": method})


def _body(payment: Payment) -> dict[str, object]:
    return {
        "id": str(payment.id),
        "amount": payment.amount,
        "currency": payment.currency,
        "status": payment.status,
        "created_at": payment.created_at.isoformat(),
    }
