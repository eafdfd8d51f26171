"""Payments in the database, in the table of `schema.sql`."""

from database.postgresql import Database
from payments.messages import Order
from payments.transactions import Status, Transaction

_INSERT = """
insert into payment (id, principal, idempotency_key, amount, currency, token, status, created_at)
values (:id, :principal, :idempotency_key, :amount, :currency, :token, :status, :created_at)
on conflict do nothing
"""

_HOLDER = "select id from payment where principal = :principal and idempotency_key = :idempotency_key"


def keep(database: Database, transaction: Transaction, order: Order, status: Status) -> bool:
    """Keep the payment; false where another payment has its idempotency key."""
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
        holder = database.value(_HOLDER, principal=order.principal, idempotency_key=order.idempotency_key)
    return bool(holder == transaction.id)


def takes_writes(database: Database) -> bool:
    """Tell whether a payment could be written now; a cluster's reader answers but could not."""
    return bool(database.value("select current_setting('transaction_read_only')") == "off")
