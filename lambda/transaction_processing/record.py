"""Payments in the database; `payments/schema.sql` has the table."""

from database.postgresql import Database
from payments.messages import Order
from payments.transactions import Status, Transaction

_INSERT = """
insert into payment (id, principal, idempotency_key, amount, currency, token, status, created_at)
values (:id, :principal, :idempotency_key, :amount, :currency, :token, :status, :created_at)
on conflict do nothing
"""

_ID_BY_KEY = "select id from payment where principal = :principal and idempotency_key = :idempotency_key"


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


def accepts_writes(database: Database) -> bool:
    """Return whether a payment could be inserted now; a cluster's reader would reject it."""
    return bool(database.value("select current_setting('transaction_read_only')") == "off")
