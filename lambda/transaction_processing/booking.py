"""Booking a payment, in steps that may end anywhere and be repeated.

1. The table takes the transaction as pending, unless it has one of this id. What it has counts from then on: its
   verdict and its time, not those of the call that repeats it.
2. The database takes the payment.
3. The audit bucket takes the record.
4. The table takes the last status. So a status that is not pending says that everything is done.

Each step changes nothing when it is done again. A call that is killed leaves a transaction pending; the next one with
the same key, which the caller is told to make, goes on from there. Two calls at once do the same things twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from common import log
from payments.messages import Order, Verdict
from payments.payment import Payment
from payments.transactions import BECOMES, Status, Table, Transaction, begin, request
from payments.writer import WriterConnection
from transaction_processing import record
from transaction_processing.audit import Audit


class Refusal(Enum):
    """Why nothing was booked, now or earlier."""

    KEY_REUSED = "the idempotency key was used before, for another payment"


@dataclass(frozen=True)
class Booking:
    """Where payments are booked."""

    table: Table
    writer: WriterConnection
    audit: Audit
    now: Callable[[], datetime]

    def book(self, order: Order, verdict: Verdict) -> Payment | Refusal:
        """Book a payment as the verdict says, or give what came of it before."""
        kept = self.table.put(begin(order, verdict, self.now()))
        if kept.request != request(order):
            log.info("key-reused", payment=str(kept.id))
            return Refusal.KEY_REUSED
        if kept.status is Status.PENDING:
            kept = self._finish(kept, order)
        return Refusal.KEY_REUSED if kept.status is Status.REFUSED else told(kept)

    def _finish(self, begun: Transaction, order: Order) -> Transaction:
        status = BECOMES[begun.verdict.decision]
        if not self.writer.run(lambda database: record.keep(database, begun, order, status)):
            # A payment of before this pipeline holds the key: it stays the only one.
            status = Status.REFUSED
        self.audit.keep(begun.finished(status))
        finished = self.table.finish(begun, status)
        log.info(f"transaction-{status.value}", payment=str(finished.id))
        return finished


def told(transaction: Transaction) -> Payment:
    """A transaction as callers are told of it."""
    return Payment(
        transaction.id, transaction.amount, transaction.currency, transaction.status.value, transaction.created_at
    )
