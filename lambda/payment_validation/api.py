"""Routes of the payment API on the pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from common import log
from common.cache import Cached
from common.errors import InvalidEvent, Unavailable
from payment_validation.calls import Callee, NoResponse
from payments.http import Request, Response, problem
from payments.messages import (
    HEALTH,
    Order,
    Verdict,
    order_to_json,
    payment_from_json,
    verdict_from_json,
    verdict_to_json,
)
from payments.payment import (
    Limits,
    Payment,
    parse_customer,
    parse_idempotency_key,
    parse_members,
    parse_payment,
    payment_to_json,
)
from payments.routes import current_limits, principal

_MEMBERS: Final = frozenset({"amount", "currency", "customer_id", "token"})

_STATUS_CODES: Final = {
    "accepted": HTTPStatus.CREATED,
    "review": HTTPStatus.ACCEPTED,
    "declined": HTTPStatus.PAYMENT_REQUIRED,
}
"""HTTP status by payment status. The response has no reason for a decline, which would help fraud."""


@dataclass(frozen=True)
class Api:
    """Handlers of the routes."""

    limits: Cached[Limits]
    fraud: Callee
    transactions: Callee

    def health(self) -> Response:
        """Return 200 if every function of the pipeline is healthy."""
        current_limits(self.limits)
        for callee in (self.fraud, self.transactions):
            callee.invoke(HEALTH, lambda _: None)
        return Response(HTTPStatus.OK, {"status": "ok"})

    def accept(self, request: Request) -> Response:
        """Score and book a payment. Every scored payment is booked, so that a repetition gets the first verdict."""
        order = self._order(request)
        match self._book(order, self._score(order)):
            case Payment() as payment:
                status = _STATUS_CODES.get(payment.status, HTTPStatus.ACCEPTED)
                return Response(status, payment_to_json(payment), {"location": f"/payments/{payment.id}"})
            case str() as conflict:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, conflict)

    def find(self, request: Request, payment_id: UUID) -> Response:
        """Return a payment of the caller."""
        message = {"action": "find", "principal": principal(request), "id": str(payment_id)}
        payment = self.transactions.invoke(message, _found)
        if payment is None:
            return problem(HTTPStatus.NOT_FOUND, "the payment does not exist")
        return Response(HTTPStatus.OK, payment_to_json(payment))

    def _order(self, request: Request) -> Order:
        key = parse_idempotency_key(request.header("idempotency-key"))
        members = parse_members(request.body, _MEMBERS)
        customer = parse_customer(members["customer_id"])
        return Order(principal(request), key, customer, parse_payment(members, current_limits(self.limits)))

    def _score(self, order: Order) -> Verdict:
        message = {"action": "score", "order": order_to_json(order)}
        try:
            return self.fraud.invoke(message, lambda result: verdict_from_json(result.get("verdict")))
        except Unavailable as error:
            _log_failure(order, error)
            raise

    def _book(self, order: Order, verdict: Verdict) -> Payment | str:
        message = {"action": "book", "order": order_to_json(order), "verdict": verdict_to_json(verdict)}
        try:
            return self.transactions.invoke(message, _booked)
        except NoResponse as error:
            # If it responds, it has logged its failure itself.
            _log_failure(order, error)
            raise


def _log_failure(order: Order, error: Unavailable) -> None:
    log.error("transaction-failed", payment=str(order.id), reason=str(error))


def _booked(result: Mapping[str, Any]) -> Payment | str:
    match result:
        case {"outcome": "booked", "payment": payment}:
            return payment_from_json(payment)
        case {"outcome": "conflict", "reason": str(reason)}:
            return reason
        case _:
            raise InvalidEvent("the outcome is neither booked nor conflict")


def _found(result: Mapping[str, Any]) -> Payment | None:
    match result:
        case {"outcome": "found", "payment": payment}:
            return payment_from_json(payment)
        case {"outcome": "absent"}:
            return None
        case _:
            raise InvalidEvent("the outcome is neither found nor absent")
