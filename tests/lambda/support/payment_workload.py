"""What the payment program writes for a customer: each thing once, however often it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from database.postgresql import Database

Work: TypeAlias = "Callable[[Database], tuple[str, int]]"
"""Done on the writer; gives the state of the payment as the writer holds it then, and the writer's port."""

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
    """A payment is not what its customer was told last."""


@dataclass
class Payment:
    """A payment as its customer knows it: what was confirmed last."""

    token: str
    state: str
    refunds: tuple[str, ...] = ()


def pay(token: str) -> Work:
    """Take a payment, which draws a receipt."""

    def work(database: Database) -> tuple[str, int]:
        with database.transaction():
            database.run(_PAY, token=token)
            return _read(database, token)

    return work


def change(payment: Payment, state: str, refund: str | None = None) -> Work:
    """Change the state of a payment, with a refund or without.

    Raise `InconsistentPayment` if its state is not the acknowledged one.
    """

    def work(database: Database) -> tuple[str, int]:
        with database.transaction():
            if refund is not None:
                database.run(_REFUND, id=refund, token=payment.token)
            if database.run(_CHANGE, token=payment.token, state=state, earlier=payment.state) != 1:
                raise InconsistentPayment(
                    f"{payment.token} was {payment.state}, the writer holds {_read(database, payment.token)}"
                )
            return _read(database, payment.token)

    return work


def _read(database: Database, token: str) -> tuple[str, int]:
    found = database.rows(_READ, token=token)
    return (str(found[0][0]), int(found[0][1])) if found else ("nothing", 0)
