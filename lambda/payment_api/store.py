"""Payments in the database (`schema.sql`)."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from database.postgresql import Database, Row
from payments.payment import Payment, PaymentRequest


class Refusal(Enum):
    """Why no payment was taken."""

    KEY_REUSED = "the idempotency key was used before, for another payment"
    KEY_VANISHED = "the payment that held the idempotency key was removed meanwhile"


@dataclass(frozen=True, slots=True)
class Claim:
    """Under which key a payment is asked for, and by whom: keys of two callers never meet."""

    principal: str
    idempotency_key: str


_INSERT = """
insert into payment (id, principal, idempotency_key, amount, currency, token)
values (:id, :principal, :idempotency_key, :amount, :currency, :token)
on conflict on constraint payment_idempotency do nothing
returning id, amount, currency, status, created_at
"""

_EARLIER = """
select id, amount, currency, status, created_at, token from payment
where principal = :principal and idempotency_key = :idempotency_key
"""

_FIND = """
select id, amount, currency, status, created_at from payment
where id = :id and principal = :principal
"""


def take(database: Database, claim: Claim, request: PaymentRequest, new_id: UUID) -> Payment | Refusal:
    """Take the payment, or give the one that this key took before.

    The unique constraint decides, so two calls at once take one payment: the second waits for the first's commit.
    """
    with database.transaction():
        taken = database.rows(
            _INSERT,
            id=new_id,
            principal=claim.principal,
            idempotency_key=claim.idempotency_key,
            amount=request.amount,
            currency=request.currency,
            token=request.token,
        )
        if taken:
            return _payment(taken[0])
        earlier = database.rows(_EARLIER, principal=claim.principal, idempotency_key=claim.idempotency_key)
    if not earlier:
        return Refusal.KEY_VANISHED
    *columns, token = earlier[0]
    payment = _payment(columns)
    same = PaymentRequest(payment.amount, payment.currency, token) == request
    return payment if same else Refusal.KEY_REUSED


def find(database: Database, principal: str, payment_id: UUID) -> Payment | None:
    """Give the payment with this id, if this caller asked for it."""
    found = database.rows(_FIND, id=payment_id, principal=principal)
    return _payment(found[0]) if found else None


def takes_writes(database: Database) -> bool:
    """Tell whether a payment could be written now; a cluster's reader answers but could not."""
    return bool(database.value("select current_setting('transaction_read_only')") == "off")


def _payment(row: Row) -> Payment:
    payment_id, amount, currency, status, created_at = row
    return Payment(payment_id, amount, currency, status, created_at)
