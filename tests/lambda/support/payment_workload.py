"""Idempotent transactions of a payment function: repeated, each has its effect exactly once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from database.postgresql import Database

WriterTransaction: TypeAlias = "Callable[[Database], tuple[str, int]]"
"""Runs on the writer; returns the state of the payment on the writer, and the port of the writer."""

_PAY = """
insert into payments (token, amount, state)
select cast(:token as text), 12.50, 'receipt ' || nextval('receipts')
where not exists (select from payments where token = :token)
"""
_CHANGE = """
update payments set state = :state where token = :token and state in (:earlier, :state)
"""
_REFUND = """
insert into refunds (id, payment, amount)
select cast(:id as uuid), id, 1 from payments where token = :token
on conflict (id) do nothing
"""
_READ = "select state, current_setting('port')::int from payments where token = :token"


class InconsistentPayment(Exception):
    """The state of a payment differs from the acknowledged one."""


@dataclass
class Payment:
    """A payment with its last acknowledged state and refunds."""

    token: str
    state: str
    refunds: tuple[str, ...] = ()


def pay(token: str) -> WriterTransaction:
    """Create a payment; its state is a receipt number from a sequence."""

    def transaction(database: Database) -> tuple[str, int]:
        with database.transaction():
            database.run(_PAY, token=token)
            return _read(database, token)

    return transaction


def change(payment: Payment, state: str, refund: str | None = None) -> WriterTransaction:
    """Change the state of a payment, with a refund or without.

    Raise `InconsistentPayment` if its state is not the acknowledged one.
    """

    def transaction(database: Database) -> tuple[str, int]:
        with database.transaction():
            if refund is not None:
                database.run(_REFUND, id=refund, token=payment.token)
            if database.run(_CHANGE, token=payment.token, state=state, earlier=payment.state) != 1:
                raise InconsistentPayment(
                    f"{payment.token} was {payment.state}, the writer has {_read(database, payment.token)}"
                )
            return _read(database, payment.token)

    return transaction


def _read(database: Database, token: str) -> tuple[str, int]:
    found = database.rows(_READ, token=token)
    return (str(found[0][0]), int(found[0][1])) if found else ("missing", 0)
