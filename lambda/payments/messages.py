"""Messages between the functions of the payment pipeline.

Validation requests a score from fraud detection, then a booking from transaction processing. Messages are JSON with an
`action`, responses have an `outcome`. A message that cannot be parsed raises InvalidEvent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID, uuid5

from common.errors import InvalidEvent
from payments.payment import Payment, PaymentRequest

HEALTH: Final = {"action": "health"}
"""Request for the health of a function."""

HEALTHY: Final = {"outcome": "healthy"}
"""Response of a healthy function."""

# Any fixed UUID serves (RFC 9562, 6.5); another one would change the id of every payment.
_PAYMENTS: Final = UUID("6f0a3c52-9d0e-5d0c-8a53-0d2b5b7f3c1e")


@dataclass(frozen=True, slots=True)
class Order:
    """Payment that a caller requests for a customer. All callers use the same customer ids."""

    principal: str
    idempotency_key: str
    customer: str
    payment: PaymentRequest

    @property
    def id(self) -> UUID:
        """The payment's id, which every repetition shares, and so one item of the table."""
        return transaction_id(self.principal, self.idempotency_key)


def transaction_id(principal: str, idempotency_key: str) -> UUID:
    """Return the id of the transaction that a caller orders with this key."""
    return uuid5(_PAYMENTS, f"{principal}\n{idempotency_key}")


class Decision(Enum):
    """Decision of fraud detection on a payment."""

    APPROVE = "approve"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Reason:
    """Indication of fraud: the rule, its weight (0 to 1), and its observation."""

    rule: str
    weight: float
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of fraud detection. `score` is from 0 to 1."""

    decision: Decision
    score: float
    reasons: tuple[Reason, ...]


def order_to_json(order: Order) -> dict[str, object]:
    """Return the JSON of an order."""
    return {
        "principal": order.principal,
        "idempotency_key": order.idempotency_key,
        "customer_id": order.customer,
        "amount": order.payment.amount,
        "currency": order.payment.currency,
        "token": order.payment.token,
    }


def order_from_json(content: object) -> Order:
    """Return the order in a JSON value."""
    match content:
        case {
            "principal": str(principal),
            "idempotency_key": str(key),
            "customer_id": str(customer),
            "amount": int(amount),
            "currency": str(currency),
            "token": str(token),
        }:
            return Order(principal, key, customer, PaymentRequest(amount, currency, token))
        case _:
            raise InvalidEvent("the order lacks a member, or one has the wrong type")


def verdict_to_json(verdict: Verdict) -> dict[str, object]:
    """Return the JSON of a verdict."""
    return {
        "decision": verdict.decision.value,
        "score": verdict.score,
        "reasons": [reason_to_json(reason) for reason in verdict.reasons],
    }


def verdict_from_json(content: object) -> Verdict:
    """Return the verdict in a JSON value."""
    match content:
        case {
            "decision": "approve" | "review" | "block" as decision,
            "score": int() | float() as score,
            "reasons": list(reasons),
        }:
            return Verdict(Decision(decision), float(score), tuple(reason_from_json(reason) for reason in reasons))
        case _:
            raise InvalidEvent("the verdict lacks a member, or one has the wrong type")


def reason_to_json(reason: Reason) -> dict[str, object]:
    """Return the JSON of a reason."""
    return {"rule": reason.rule, "weight": reason.weight, "detail": reason.detail}


def reason_from_json(content: object) -> Reason:
    """Return the reason in a JSON value."""
    match content:
        case {"rule": str(rule), "weight": int() | float() as weight, "detail": str(detail)}:
            return Reason(rule, float(weight), detail)
        case _:
            raise InvalidEvent("the reason lacks a member, or one has the wrong type")


def payment_from_json(content: object) -> Payment:
    """Return the payment in a JSON value."""
    match content:
        case {
            "id": str(payment_id),
            "amount": int(amount),
            "currency": str(currency),
            "status": str(status),
            "created_at": str(created_at),
        }:
            return Payment(UUID(payment_id), amount, currency, status, datetime.fromisoformat(created_at))
        case _:
            raise InvalidEvent("the payment lacks a member, or one has the wrong type")


def action_of(event: Mapping[str, Any]) -> str:
    """Return the requested action."""
    match event:
        case {"action": str(action)}:
            return action
        case _:
            raise InvalidEvent("the event has no action")
