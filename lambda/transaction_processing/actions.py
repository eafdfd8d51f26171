"""Actions of the payment pipeline: book and find a payment, and the health of the stores."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from common import log
from common.errors import InvalidEvent, Unavailable
from database.postgresql import Database
from payments.messages import HEALTHY, action_of, order_from_json, verdict_from_json
from payments.payment import Payment, payment_to_json
from transaction_processing.booking import Booking, Conflict

_NO_TRANSACTION = UUID(int=0)


def respond(booking: Booking, event: Mapping[str, Any]) -> Mapping[str, object]:
    """Return the response to a message; its outcome is unavailable if a retry may succeed."""
    action = action_of(event)
    try:
        return _respond(booking, event)
    except (BotoCoreError, ClientError, Unavailable) as error:
        reason = str(error) if isinstance(error, Unavailable) else type(error).__name__
        if action == "book":
            log.error("transaction-failed", reason=reason)
        else:
            log.warning("unavailable", action=action, reason=reason)
        return {"outcome": "unavailable", "reason": reason}


def _respond(booking: Booking, event: Mapping[str, Any]) -> Mapping[str, object]:
    match event:
        case {"action": "book"}:
            return _book(booking, event)
        case {"action": "find", "principal": str(principal), "id": str(payment_id)}:
            return _find(booking, principal, UUID(payment_id))
        case {"action": "health"}:
            return _health(booking)
        case _:
            raise InvalidEvent("the action must be book, find or health; find needs principal and id of the payment")


def _book(booking: Booking, event: Mapping[str, Any]) -> Mapping[str, object]:
    order, verdict = order_from_json(event.get("order")), verdict_from_json(event.get("verdict"))
    match booking.book(order, verdict):
        case Payment() as payment:
            return {"outcome": "booked", "payment": payment_to_json(payment)}
        case Conflict() as conflict:
            return {"outcome": "conflict", "reason": conflict.value}


def _find(booking: Booking, principal: str, payment_id: UUID) -> Mapping[str, object]:
    transaction = booking.table.find(payment_id)
    if transaction is None or transaction.principal != principal:
        return {"outcome": "absent"}
    return {"outcome": "found", "payment": payment_to_json(transaction.payment)}


def _health(booking: Booking) -> Mapping[str, object]:
    if not booking.writer.run(Database.accepts_writes):
        raise Unavailable("read-only")
    booking.table.get(_NO_TRANSACTION)
    return HEALTHY
