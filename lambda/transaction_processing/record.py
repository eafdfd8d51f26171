"""Payments in the database; `payments/schema.sql` has the table."""

from collections.abc import Collection
from uuid import UUID

from database.postgresql import Database
from payments.messages import Order
from payments.transactions import Status, Transaction

_INSERT = """
insert into payment (id, principal, idempotency_key, amount, currency, token, status, created_at)
values (:id, :principal, :idempotency_key, :amount, :currency, :token, :status, :created_at)
on conflict do nothing
"""

_ID_BY_KEY = "select id from payment where principal = :principal and idempotency_key = :idempotency_key"

_KEYS_BY_ID = "select id, idempotency_key from payment where id = any(cast(:ids as uuid[]))"


def insert(database: Database, transaction: Transaction, order: Order, status: Status) -> bool:
    """Insert the payment; return False if another payment has its idempotency key."""
    with database.transaction():
        database.run(
            _INSERT,
            id=transaction.id,
            principal=order.principal,
            idempotency_key=order.idempotency_key,
            amount=transaction.amount,
            currency=transaction.currency,
            token=order.payment.token,
            status=status.value,
            created_at=transaction.created_at,
        )
        stored_id = database.value(_ID_BY_KEY, principal=order.principal, idempotency_key=order.idempotency_key)
    return bool(stored_id == transaction.id)


def idempotency_keys(database: Database, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the idempotency keys of those of these payments that the database has, by id."""
    return {row[0]: str(row[1]) for row in database.rows(_KEYS_BY_ID, ids=[str(each) for each in ids])}
