"""Booking of a payment, in idempotent steps.

1. Put the transaction into the table as pending, unless its id exists. The stored verdict and time are valid, not those
   of a repetition.
2. Insert the payment into the database.
3. Put the record into the audit bucket.
4. Set the final status in the table. A status other than pending therefore means that all steps are done.

A call that is interrupted leaves the transaction pending. The caller repeats it with the same key, and the next call
continues. Concurrent calls run the same steps twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from common import log
from payments.messages import Order, Verdict
from payments.payment import Payment
from payments.transactions import STATUS_OF, Status, Table, Transaction, begin, request
from payments.writer import WriterConnection
from transaction_processing import record
from transaction_processing.audit import Audit
from transaction_processing.ledger import Ledger


class Conflict(Enum):
    """Reason that nothing was booked, now or earlier, as text for the caller."""

    KEY_REUSED = "the idempotency key was used before, for another payment"


_EVENT_OF: Final = {
    Status.ACCEPTED: "transaction-accepted",
    Status.REVIEW: "transaction-review",
    Status.DECLINED: "transaction-declined",
    Status.CONFLICT: "transaction-conflict",
}
"""Log event by final status."""


@dataclass(frozen=True)
class Booking:
    """Places of a booking: table, database and audit bucket."""

    ledger: Ledger
    table: Table
    writer: WriterConnection
    audit: Audit
    now: Callable[[], datetime]

    def book(self, order: Order, verdict: Verdict) -> Payment | Conflict:
        """Book a payment by its verdict, or return the earlier result; raise Unavailable if the ledger is closed."""
        self.ledger.require_open()
        transaction = self.table.put(begin(order, verdict, self.now()))
        if transaction.request != request(order):
            log.info("key-reused", payment=str(transaction.id))
            return Conflict.KEY_REUSED
        if transaction.status is Status.PENDING:
            transaction = self._finish(transaction, order)
        return Conflict.KEY_REUSED if transaction.status is Status.CONFLICT else transaction.payment

    def _finish(self, pending: Transaction, order: Order) -> Transaction:
        status = STATUS_OF[pending.verdict.decision]
        if not self.writer.run(lambda database: record.insert(database, pending, order, status)):
            # A payment from before this pipeline has the key, and remains the only one.
            status = Status.CONFLICT
        self.audit.put(pending.finished(status))
        finished = self.table.finish(pending, status)
        log.info(_EVENT_OF[status], payment=str(finished.id))
        return finished
