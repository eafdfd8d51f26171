"""Payments that never stop coming: what a migration must not lose, whatever becomes of it."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, groupby
from uuid import uuid4

from common import clients
from common.errors import Unavailable
from common.parameters import Parameters, Writer
from common.settings import Variables
from database.tls import parse_trust
from payments.writer import WriterDatabase
from payments.writer_settings import Sides, writer_database
from support.environment import APPLICATION_PASSWORD, Database, Environment
from support.payment_workload import Payment, Work, change, pay
from support.secrets import create_secret

_PAUSE = 0.05  # seconds between the orders of one counter, and between attempts
_LAST_ORDERS = 10.0  # seconds that an order which is not confirmed yet has at the end
_NEW, _REFUND = 0.6, 0.15  # shares of the orders; the rest are changes


@dataclass(frozen=True)
class Acknowledgement:
    """A customer was told that an order is done: when (seconds since 1970), and which side did it."""

    at: float
    side: str


class LoadGenerator:
    """Takes payments, changes them and refunds them by the payment program's own way to the writer.

    Each counter is a process of its own to the databases. While nobody is the writer it holds its order, and
    tries again under the same key.
    """

    def __init__(self, environment: Environment) -> None:
        self.acknowledgements: list[Acknowledgement] = []
        self.payments = [Payment(token, state) for _, token, _, state in environment.rows(environment.source)]
        """All payments that there should be, those of before among them."""
        self.receipts: list[str] = []
        """All that were handed to customers."""
        self._environment = environment
        self._sides = _sides(environment)
        self._faults: list[Exception] = []
        self._closed = threading.Event()
        self._counters: list[threading.Thread] = []

    @property
    def writers(self) -> list[str]:
        """Who took payments, one after another."""
        return [side for side, _ in groupby(acknowledgement.side for acknowledgement in self.acknowledgements)]

    def open(self, earlier: Iterable[Payment] = ()) -> None:
        """Open a counter, whose customers made the payments `earlier` too."""
        mine = [*earlier]
        self.payments += mine
        counter = threading.Thread(target=self._serve, args=(len(self._counters), mine), daemon=True)
        self._counters.append(counter)
        counter.start()

    def close(self) -> None:
        """Take no more."""
        self._closed.set()
        for counter in self._counters:
            counter.join()
        if self._faults:
            raise ExceptionGroup("the load generator", self._faults)

    def inconsistencies(self, side: Database) -> list[str]:
        """What was confirmed and is not so on `side`, and what is there twice or was never ordered."""
        rows, refunds = self._environment.rows(side), Counter(row[0] for row in self._environment.refunds(side))
        known, states = Counter(row[1] for row in rows), {row[1]: row[3] for row in rows}
        ordered = Counter(refund for payment in self.payments for refund in payment.refunds)
        return [
            *(f"{each.token} is there {known[each.token]} times" for each in self.payments if known[each.token] != 1),
            *(
                f"{each.token} is {states.get(each.token)}, confirmed was {each.state}"
                for each in self.payments
                if states.get(each.token) != each.state
            ),
            *(f"{token} was never confirmed" for token in known - Counter(each.token for each in self.payments)),
            *(f"refund {refund} is missing" for refund in ordered - refunds),
            *(f"refund {refund} is one too many" for refund in refunds - ordered),
            *(f"{receipt} was given twice" for receipt, times in Counter(self.receipts).items() if times > 1),
        ]

    def _serve(self, counter: int, mine: list[Payment]) -> None:
        parameters = Parameters(clients.ssm(), self._environment.variables["PARAMETERS"])
        writer, chance = writer_database(self._sides, parameters), random.Random(counter)
        try:
            for number in count(1):
                if self._closed.wait(_PAUSE):
                    break
                order, share = f"load-{counter}-{number}", chance.random()
                if not mine or share < _NEW:
                    mine.append(Payment(order, self._confirmed(writer, pay(order))))
                    self.payments.append(mine[-1])
                    self.receipts.append(mine[-1].state)
                else:
                    payment = chance.choice(mine)
                    refund = str(uuid4()) if share < _NEW + _REFUND else None
                    payment.state = self._confirmed(writer, change(payment, order, refund))
                    payment.refunds += (refund,) if refund else ()
        except Exception as fault:
            self._faults.append(fault)

    def _confirmed(self, writer: WriterDatabase, work: Work) -> str:
        last: float | None = None
        while True:
            try:
                state, port = writer.run(work)
            except Unavailable:
                if self._closed.is_set():
                    last = last or time.monotonic() + _LAST_ORDERS
                    if time.monotonic() > last:
                        raise
                time.sleep(_PAUSE)
            else:
                side = "source" if port == self._environment.source.server.port else "target"
                self.acknowledgements.append(Acknowledgement(time.time(), side))
                return state


@contextmanager
def generate_load(environment: Environment) -> Iterator[LoadGenerator]:
    """A load generator with one counter that is open until the end."""
    made = LoadGenerator(environment)
    made.open()
    try:
        yield made
    finally:
        made.close()


def _sides(environment: Environment) -> Sides:
    """The application's login on both sides, as the payment program is told of it."""
    login = {"username": environment.role, "password": APPLICATION_PASSWORD, "host": "127.0.0.1"}
    secrets: dict[Writer, str] = {}
    for writer, side in ((Writer.SOURCE, environment.source), (Writer.TARGET, environment.target)):
        secrets[writer] = f"{side.dbname}-load-{writer.value}"
        create_secret(secrets[writer], {**login, "port": side.server.port, "dbname": side.dbname})
    return Sides(secrets, parse_trust(Variables(environment.variables)))
