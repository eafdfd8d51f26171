"""Lambda handler that books payments for the payment pipeline.

Environment: that of `payments.writer_settings`, PARAMETER_PREFIX, LEDGERS (`separate` if the old side has a database of
its own; `/ledger` is then read below the prefix), and one variable each of `TABLE_…` (the table of transactions) and
`BUCKET_…` (the audit bucket).

- `{"action": "book", "order": …, "verdict": …}` returns `{"outcome": "booked", "payment": …}` or
  `{"outcome": "conflict", "reason": …}`.
- `{"action": "find", "principal": …, "id": …}` returns `{"outcome": "found", "payment": …}` or `{"outcome": "absent"}`.
- `{"action": "health"}` returns `{"outcome": "healthy"}` if the writer and the table are available.

If a retry may succeed, each action returns `{"outcome": "unavailable", "reason": …}`. A booking that fails logs
`transaction-failed`, which a metric filter counts.

For an operator, around the switch of traffic between two ledgers (see `transaction_processing.exchange`):

- `{"operation": "import_idempotency_keys", "folder": …, "old_side": "writing" | "stopped"}`
- `{"operation": "export_idempotency_keys", "folder": …, "new_side": "writing" | "stopped", "since": …}`
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Protocol

from common import clients
from common.clock import Clock
from common.errors import InvalidEvent
from common.parameters import Parameters
from common.settings import Variables
from payments.transactions import Table
from payments.writer_settings import connect_to_writer, parse_writer_settings
from transaction_processing.actions import respond
from transaction_processing.audit import Audit
from transaction_processing.booking import Booking
from transaction_processing.exchange import (
    Exchange,
    SideState,
    begin_exchange,
    export_idempotency_keys,
    import_idempotency_keys,
)
from transaction_processing.ledger import parse_ledger


class Context(Protocol):
    """Context of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the timeout."""


def handle(event: Mapping[str, Any], context: Context) -> Mapping[str, object]:
    """Respond to a message of the pipeline, or run an operation."""
    match event:
        case {
            "operation": "import_idempotency_keys",
            "folder": str(folder),
            "old_side": "writing" | "stopped" as old_side,
        }:
            continuation = event.get("continuation")
            return import_idempotency_keys(_exchange(context), folder, SideState(old_side), continuation)
        case {
            "operation": "export_idempotency_keys",
            "folder": str(folder),
            "new_side": "writing" | "stopped" as new_side,
        }:
            since, continuation = event.get("since"), event.get("continuation")
            return export_idempotency_keys(_exchange(context), folder, SideState(new_side), since, continuation)
        case {"operation": operation}:
            raise InvalidEvent(f"the operation {operation!r} is unknown, or an argument is missing or invalid")
        case _:
            return respond(_booking(), event)


def _exchange(context: Context) -> Exchange:
    timeout = timedelta(milliseconds=context.get_remaining_time_in_millis())
    return begin_exchange(_booking(), Clock(), timeout)


@cache
def _booking() -> Booking:
    variables = Variables(os.environ)
    parameters = Parameters(clients.ssm(), variables.required("PARAMETER_PREFIX"))
    return Booking(
        parse_ledger(variables, parameters),
        Table(clients.dynamodb(), variables.single_with_prefix("TABLE_")),
        connect_to_writer(parse_writer_settings(variables), parameters),
        Audit(clients.s3(), variables.single_with_prefix("BUCKET_")),
        Clock().now,
    )
