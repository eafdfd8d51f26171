"""Generates payments on MySQL during a migration and checks that none is lost or duplicated."""

import time
from collections import Counter
from contextlib import closing
from itertools import count

import pymysql

from support.mysql_environment import Database, MySqlEnvironment
from support.payment_load import Acknowledgement
from support.workers import Workers

_PAUSE = 0.1  # seconds between the payments of one worker, and between retries
_GRACE = 10.0  # seconds that a pending payment has to complete after `stop`


class MySqlLoadGenerator:
    """Pays on the side that the parameter `writer` names; while there is no writer, it retries the same payment.

    Each payment has its own session, as that of a client without a pool.
    """

    def __init__(self, environment: MySqlEnvironment) -> None:
        self.acknowledgements: list[Acknowledgement] = []
        self._environment = environment
        self._tokens = [str(row[1]) for row in environment.rows(environment.source)]
        """The tokens of all payments that must exist, including those from before the load."""
        self._workers = Workers("the load generator")

    def add_worker(self) -> None:
        """Start a worker."""
        self._workers.start(self._serve)

    def stop(self) -> None:
        """Stop all workers after their pending payments; raise the errors that ended workers early."""
        self._workers.stop()

    def inconsistencies(self, side: Database) -> list[str]:
        """Return how the payments of `side` differ from the acknowledged ones."""
        found, acknowledged = Counter(str(row[1]) for row in self._environment.rows(side)), Counter(self._tokens)
        return [
            *(f"{token} exists {found[token]} times" for token in acknowledged if found[token] != acknowledged[token]),
            *(f"{token} was never acknowledged" for token in found.keys() - acknowledged.keys()),
        ]

    def _serve(self, worker: int) -> None:
        for number in count(1):
            if self._workers.stopping.wait(_PAUSE):
                break
            token = f"load-{worker}-{number}"
            self._pay_until_acknowledged(token)
            self._tokens.append(token)

    def _pay_until_acknowledged(self, token: str) -> None:
        is_late = self._workers.grace_period(_GRACE)
        while True:
            writer = self._environment.parameter("writer")
            sides = {"source": self._environment.source, "target": self._environment.target}
            try:
                if writer in sides:
                    self._pay(sides[writer], token)
                    self.acknowledgements.append(Acknowledgement(time.time(), writer))
                    return
            except pymysql.err.OperationalError:
                pass  # no session, or it has ended: the payment may be committed
            if is_late():
                raise TimeoutError(f"{token} is not acknowledged; the writer is {writer}")
            time.sleep(_PAUSE)

    def _pay(self, side: Database, token: str) -> None:
        """Insert the payment unless an earlier attempt did."""
        with closing(side.application_session(self._environment.role)) as session, session.cursor() as cursor:
            if not cursor.execute("select 1 from payments where token = %s", (token,)):
                cursor.execute("insert into payments (token, amount) values (%s, 12.50)", (token,))
