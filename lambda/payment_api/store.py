"""Payments in the database; `payments/schema.sql` has the table."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from database.postgresql import Database, Row
from payments.payment import Payment, PaymentRequest


class Conflict(Enum):
    """Conflict over an idempotency key, with the text for the caller."""

    KEY_REUSED = "the idempotency key was used before, for another payment"
    KEY_REMOVED = "the payment that held the idempotency key was removed meanwhile"


@dataclass(frozen=True, slots=True)
class Claim:
    """Idempotency key of a caller; keys of different callers never conflict."""

    principal: str
    idempotency_key: str


_INSERT = """
insert into payment (id, principal, idempotency_key, amount, currency, token)
values (:id, :principal, :idempotency_key, :amount, :currency, :token)
on conflict on constraint payment_idempotency do nothing
returning id, amount, currency, status, created_at
"""

_BY_KEY = """
select id, amount, currency, status, created_at, token from payment
where principal = :principal and idempotency_key = :idempotency_key
"""

_FIND = """
select id, amount, currency, status, created_at from payment
where id = :id and principal = :principal
"""


def accept(database: Database, claim: Claim, request: PaymentRequest, new_id: UUID) -> Payment | Conflict:
    """Insert the payment, or return the one that this key inserted before.

    The unique constraint decides, so that concurrent calls insert one payment: the second waits for the first's commit.
    """
    with database.transaction():
        inserted = database.rows(
            _INSERT,
            id=new_id,
            principal=claim.principal,
            idempotency_key=claim.idempotency_key,
            amount=request.amount,
            currency=request.currency,
            token=request.token,
        )
        if inserted:
            return _payment(inserted[0])
        existing = database.rows(_BY_KEY, principal=claim.principal, idempotency_key=claim.idempotency_key)
    if not existing:
        return Conflict.KEY_REMOVED
    *columns, token = existing[0]
    payment = _payment(columns)
    same = PaymentRequest(payment.amount, payment.currency, token) == request
    return payment if same else Conflict.KEY_REUSED


def find(database: Database, principal: str, payment_id: UUID) -> Payment | None:
    """Return the payment with this id, if this caller requested it."""
    found = database.rows(_FIND, id=payment_id, principal=principal)
    return _payment(found[0]) if found else None


def _payment(row: Row) -> Payment:
    payment_id, amount, currency, status, created_at = row
    return Payment(payment_id, amount, currency, status, created_at)
