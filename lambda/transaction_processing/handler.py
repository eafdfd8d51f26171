"""Lambda handler that books payments for the payment pipeline.

Environment: that of `payments.writer_settings`, PARAMETER_PREFIX, and one variable each of `TABLE_…` (the table of
transactions) and `BUCKET_…` (the audit bucket).

- `{"action": "book", "order": …, "verdict": …}` returns `{"outcome": "booked", "payment": …}` or
  `{"outcome": "conflict", "reason": …}`.
- `{"action": "find", "principal": …, "id": …}` returns `{"outcome": "found", "payment": …}` or `{"outcome": "absent"}`.
- `{"action": "health"}` returns `{"outcome": "healthy"}` if the writer and the table are available.

If a retry may succeed, each returns `{"outcome": "unavailable", "reason": …}`. A booking that fails logs
`transaction-failed`, which a metric filter counts.
"""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from common import clients, log
from common.clock import Clock
from common.errors import InvalidEvent, Unavailable
from common.parameters import Parameters
from common.settings import Variables
from payments.messages import HEALTHY, action_of, order_from_json, verdict_from_json
from payments.payment import Payment, payment_to_json
from payments.transactions import Table
from payments.writer_settings import connect_to_writer, parse_writer_settings
from transaction_processing import record
from transaction_processing.audit import Audit
from transaction_processing.booking import Booking, Conflict, to_payment

_NO_TRANSACTION = UUID(int=0)


def handle(event: Mapping[str, Any], _context: object) -> Mapping[str, object]:
    """Serve a request of the pipeline."""
    action = action_of(event)
    try:
        return _serve(action, event)
    except (BotoCoreError, ClientError, Unavailable) as error:
        reason = str(error) if isinstance(error, Unavailable) else type(error).__name__
        if action == "book":
            log.error("transaction-failed", reason=reason)
        else:
            log.warning("unavailable", action=action, reason=reason)
        return {"outcome": "unavailable", "reason": reason}


def _serve(action: str, event: Mapping[str, Any]) -> Mapping[str, object]:
    match action:
        case "book":
            return _book(event)
        case "find":
            return _find(event)
        case "health":
            return _health()
        case _:
            raise InvalidEvent(f"the action is {action!r}, allowed: book, find, health")


def _book(event: Mapping[str, Any]) -> Mapping[str, object]:
    order, verdict = order_from_json(event.get("order")), verdict_from_json(event.get("verdict"))
    match _booking().book(order, verdict):
        case Payment() as payment:
            return {"outcome": "booked", "payment": payment_to_json(payment)}
        case Conflict() as conflict:
            return {"outcome": "conflict", "reason": conflict.value}


def _find(event: Mapping[str, Any]) -> Mapping[str, object]:
    match event:
        case {"principal": str(principal), "id": str(payment_id)}:
            transaction = _booking().table.get(UUID(payment_id))
        case _:
            raise InvalidEvent("the event needs principal and id of the payment")
    if transaction is None or transaction.principal != principal:
        return {"outcome": "absent"}
    return {"outcome": "found", "payment": payment_to_json(to_payment(transaction))}


def _health() -> Mapping[str, object]:
    booking = _booking()
    if not booking.writer.run(record.accepts_writes):
        raise Unavailable("read-only")
    booking.table.get(_NO_TRANSACTION)
    return HEALTHY


@cache
def _booking() -> Booking:
    variables = Variables(os.environ)
    return Booking(
        Table(clients.dynamodb(), variables.single_with_prefix("TABLE_")),
        connect_to_writer(
            parse_writer_settings(variables), Parameters(clients.ssm(), variables.required("PARAMETER_PREFIX"))
        ),
        Audit(clients.s3(), variables.single_with_prefix("BUCKET_")),
        Clock().now,
    )
