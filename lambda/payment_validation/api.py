"""The payment API over the pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from common import log
from common.cache import Cached
from common.errors import InvalidEvent, Unavailable
from payment_validation.calls import Callee, NoAnswer
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
from payments.routes import current, principal

_MEMBERS: Final = frozenset({"amount", "currency", "customer_id", "token"})

_ANSWERS: Final = {
    "accepted": HTTPStatus.CREATED,
    "review": HTTPStatus.ACCEPTED,
    "declined": HTTPStatus.PAYMENT_REQUIRED,
}
"""What a payment's status is as that of an answer. Nobody is told why a payment is declined: it would teach evasion."""


@dataclass(frozen=True)
class Api:
    """What answers the routes."""

    limits: Cached[Limits]
    fraud: Callee
    transactions: Callee

    def health(self) -> Response:
        """Healthy is a pipeline that could take a payment from its beginning to its end."""
        current(self.limits)
        for callee in (self.fraud, self.transactions):
            callee.ask(HEALTH, lambda _: None)
        return Response(HTTPStatus.OK, {"status": "ok"})

    def take(self, request: Request) -> Response:
        """Take a payment: what is judged is always booked, so a repetition meets the first judgement."""
        order = self._order(request)
        match self._book(order, self._judge(order)):
            case Payment() as payment:
                status = _ANSWERS.get(payment.status, HTTPStatus.ACCEPTED)
                return Response(status, payment_to_json(payment), {"location": f"/payments/{payment.id}"})
            case str() as refusal:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, refusal)

    def find(self, request: Request, payment_id: UUID) -> Response:
        """Tell of a payment."""
        asked = {"action": "find", "principal": principal(request), "id": str(payment_id)}
        payment = self.transactions.ask(asked, _found)
        if payment is None:
            return problem(HTTPStatus.NOT_FOUND, "there is no such payment")
        return Response(HTTPStatus.OK, payment_to_json(payment))

    def _order(self, request: Request) -> Order:
        key = parse_idempotency_key(request.header("idempotency-key"))
        members = parse_members(request.body, _MEMBERS)
        customer = parse_customer(members["customer_id"])
        return Order(principal(request), key, customer, parse_payment(members, current(self.limits)))

    def _judge(self, order: Order) -> Verdict:
        asked = {"action": "score", "order": order_to_json(order)}
        try:
            return self.fraud.ask(asked, lambda answer: verdict_from_json(answer.get("verdict")))
        except Unavailable as error:
            _failed(order, error)
            raise

    def _book(self, order: Order, verdict: Verdict) -> Payment | str:
        asked = {"action": "book", "order": order_to_json(order), "verdict": verdict_to_json(verdict)}
        try:
            return self.transactions.ask(asked, _booked)
        except NoAnswer as error:
            # What it can answer to, it counts itself.
            _failed(order, error)
            raise


def _failed(order: Order, error: Unavailable) -> None:
    log.error("transaction-failed", payment=str(order.id), reason=str(error))


def _booked(answer: Mapping[str, Any]) -> Payment | str:
    match answer:
        case {"outcome": "booked", "payment": payment}:
            return payment_from_json(payment)
        case {"outcome": "refused", "reason": str(reason)}:
            return reason
        case _:
            raise InvalidEvent("the transaction was neither booked nor refused")


def _found(answer: Mapping[str, Any]) -> Payment | None:
    match answer:
        case {"outcome": "found", "payment": payment}:
            return payment_from_json(payment)
        case {"outcome": "absent"}:
            return None
        case _:
            raise InvalidEvent("the payment was neither found nor absent")
