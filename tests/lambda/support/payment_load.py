"""Generates payments during a migration and checks that none is lost or duplicated."""

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count, groupby
from uuid import uuid4

from common import clients
from common.errors import Unavailable
from common.parameters import Parameters, Writer
from common.settings import Variables
from database.tls import parse_tls_config
from payments.writer import WriterConnection
from payments.writer_settings import WriterSettings, connect_to_writer
from support.environment import APPLICATION_PASSWORD, Database, Environment
from support.payment_workload import Payment, WriterTransaction, change, pay
from support.secrets import create_secret
from support.workers import Workers

_PAUSE = 0.05  # seconds between the requests of one worker, and between retries
_GRACE = 10.0  # seconds that a pending request has to complete after `stop`
_NEW, _REFUND = 0.6, 0.15  # shares of the requests; the rest are changes


@dataclass(frozen=True)
class Acknowledgement:
    """A request was acknowledged to its client: the Unix time, and the side that processed it."""

    at: float
    side: str


class LoadGenerator:
    """Creates, changes and refunds payments through the writer connection of the payment functions.

    Each worker has its own session. While there is no writer, it retries its request under the same idempotency key.
    """

    def __init__(self, environment: Environment) -> None:
        self.acknowledgements: list[Acknowledgement] = []
        self.payments = [Payment(token, state) for _, token, _, state in environment.rows(environment.source)]
        """All payments that must exist, including those from before the load."""
        self.receipts: list[str] = []
        """All receipts that were returned to clients."""
        self._environment = environment
        self._sides = _sides(environment)
        self._workers = Workers("the load generator")

    @property
    def writers(self) -> list[str]:
        """The sides that acknowledged requests, in order, without repetitions."""
        return [side for side, _ in groupby(acknowledgement.side for acknowledgement in self.acknowledgements)]

    def add_worker(self, existing: Iterable[Payment] = ()) -> None:
        """Start a worker that also changes and refunds the payments `existing`."""
        own = [*existing]
        self.payments += own
        self._workers.start(partial(self._serve, own))

    def stop(self) -> None:
        """Stop all workers after their pending requests; raise the errors that ended workers early."""
        self._workers.stop()

    def inconsistencies(self, side: Database) -> list[str]:
        """Return how the payments and refunds of `side` differ from the acknowledged ones."""
        rows, refunds = self._environment.rows(side), Counter(row[0] for row in self._environment.refunds(side))
        found, states = Counter(row[1] for row in rows), {row[1]: row[3] for row in rows}
        requested = Counter(refund for payment in self.payments for refund in payment.refunds)
        return [
            *(f"{each.token} exists {found[each.token]} times" for each in self.payments if found[each.token] != 1),
            *(
                f"{each.token} is {states.get(each.token)}, acknowledged was {each.state}"
                for each in self.payments
                if states.get(each.token) != each.state
            ),
            *(f"{token} was never acknowledged" for token in found - Counter(each.token for each in self.payments)),
            *(f"refund {refund} is missing" for refund in requested - refunds),
            *(f"refund {refund} was never requested" for refund in refunds - requested),
            *(
                f"{receipt} was returned {times} times"
                for receipt, times in Counter(self.receipts).items()
                if times > 1
            ),
        ]

    def _serve(self, own: list[Payment], worker: int) -> None:
        parameters = Parameters(clients.ssm(), self._environment.variables["PARAMETER_PREFIX"])
        writer, chance = connect_to_writer(self._sides, parameters), random.Random(worker)
        for number in count(1):
            if self._workers.stopping.wait(_PAUSE):
                break
            key, share = f"load-{worker}-{number}", chance.random()
            if not own or share < _NEW:
                own.append(Payment(key, self._acknowledged(writer, pay(key))))
                self.payments.append(own[-1])
                self.receipts.append(own[-1].state)
            else:
                payment = chance.choice(own)
                refund = str(uuid4()) if share < _NEW + _REFUND else None
                payment.state = self._acknowledged(writer, change(payment, key, refund))
                payment.refunds += (refund,) if refund else ()

    def _acknowledged(self, writer: WriterConnection, transaction: WriterTransaction) -> str:
        is_late = self._workers.grace_period(_GRACE)
        while True:
            try:
                state, port = writer.run(transaction)
            except Unavailable:
                if is_late():
                    raise
                time.sleep(_PAUSE)
            else:
                side = "source" if port == self._environment.source.server.port else "target"
                self.acknowledgements.append(Acknowledgement(time.time(), side))
                return state


@contextmanager
def generate_load(environment: Environment) -> Iterator[LoadGenerator]:
    """Run a load generator with one worker inside the `with` block."""
    load = LoadGenerator(environment)
    load.add_worker()
    try:
        yield load
    finally:
        load.stop()


def _sides(environment: Environment) -> WriterSettings:
    """Create the secrets with the application's login on both sides."""
    login = {"username": environment.role, "password": APPLICATION_PASSWORD, "host": "127.0.0.1"}
    secrets: dict[Writer, str] = {}
    for writer, side in ((Writer.SOURCE, environment.source), (Writer.TARGET, environment.target)):
        secrets[writer] = f"{side.dbname}-load-{writer.value}"
        create_secret(secrets[writer], {**login, "port": side.server.port, "dbname": side.dbname})
    return WriterSettings(secrets, (), parse_tls_config(Variables(environment.variables)))
