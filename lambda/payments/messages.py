"""What the functions of the payment pipeline say to each other: validation asks fraud detection, then has the
transaction processed.

Every message is JSON; what cannot be read is an InvalidEvent. `action` says what is asked, `outcome` what came of it.
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
"""Asks whether payments could be handled now."""

HEALTHY: Final = {"outcome": "healthy"}
"""They could."""

# Any fixed UUID will do (RFC 9562, 6.5); another one would give every payment another id.
_PAYMENTS: Final = UUID("6f0a3c52-9d0e-5d0c-8a53-0d2b5b7f3c1e")


@dataclass(frozen=True, slots=True)
class Order:
    """A payment that a caller asks for, in a customer's name. Customers have the same names with every caller."""

    principal: str
    idempotency_key: str
    customer: str
    payment: PaymentRequest

    @property
    def id(self) -> UUID:
        """The payment's id: the same for every repetition, so all of them meet at one item of the table."""
        return uuid5(_PAYMENTS, f"{self.principal}\n{self.idempotency_key}")


class Decision(Enum):
    """What is done with a payment."""

    APPROVE = "approve"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a payment looks like fraud: the rule, how much it weighs alone (0 to 1), and what it saw."""

    rule: str
    weight: float
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What fraud detection says of a payment. `score` is from 0 to 1."""

    decision: Decision
    score: float
    reasons: tuple[Reason, ...]


def order_to_json(order: Order) -> dict[str, object]:
    """Write an order."""
    return {
        "principal": order.principal,
        "idempotency_key": order.idempotency_key,
        "customer_id": order.customer,
        "amount": order.payment.amount,
        "currency": order.payment.currency,
        "token": order.payment.token,
    }


def order_from_json(content: object) -> Order:
    """Read an order."""
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
            raise InvalidEvent("the order lacks a part, or one is of another type")


def verdict_to_json(verdict: Verdict) -> dict[str, object]:
    """Write a verdict."""
    return {
        "decision": verdict.decision.value,
        "score": verdict.score,
        "reasons": [reason_to_json(reason) for reason in verdict.reasons],
    }


def verdict_from_json(content: object) -> Verdict:
    """Read a verdict."""
    match content:
        case {
            "decision": "approve" | "review" | "block" as decision,
            "score": int() | float() as score,
            "reasons": list(reasons),
        }:
            return Verdict(Decision(decision), float(score), tuple(reason_from_json(reason) for reason in reasons))
        case _:
            raise InvalidEvent("the verdict lacks a part, or one is of another type")


def reason_to_json(reason: Reason) -> dict[str, object]:
    """Write a reason."""
    return {"rule": reason.rule, "weight": reason.weight, "detail": reason.detail}


def reason_from_json(content: object) -> Reason:
    """Read a reason."""
    match content:
        case {"rule": str(rule), "weight": int() | float() as weight, "detail": str(detail)}:
            return Reason(rule, float(weight), detail)
        case _:
            raise InvalidEvent("the reason lacks a part, or one is of another type")


def payment_from_json(content: object) -> Payment:
    """Read a payment."""
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
            raise InvalidEvent("the payment lacks a part, or one is of another type")


def action(event: Mapping[str, Any]) -> str:
    """Read what is asked."""
    match event:
        case {"action": str(asked)}:
            return asked
        case _:
            raise InvalidEvent("the event does not say what to do")
