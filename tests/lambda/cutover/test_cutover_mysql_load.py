"""The cutover and the rollback on MariaDB while a client pays without pause."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import pymysql

from support.mysql_environment import Database, MySqlEnvironment
from support.waiting import wait_until

_FENCE_TIMEOUT = 60  # seconds; it bounds the downtime of writes
_PAUSE = 0.01  # seconds between two payments
_PROOF = 20  # payments that show that a side accepts them


@dataclass(frozen=True)
class Acknowledgement:
    """A payment that a side committed, and the time of its response."""

    token: str
    side: str
    at: float


@dataclass
class PayingClient:
    """Pays on the side that is the writer, with a session for each payment."""

    mysql: MySqlEnvironment
    acknowledged: list[Acknowledgement] = field(default_factory=list)
    unacknowledged: set[str] = field(default_factory=set)

    def pay_until(self, stop: threading.Event) -> None:
        """Pay until `stop` is set."""
        for number in itertools.count():
            if stop.wait(_PAUSE):
                return
            side = self.mysql.parameter("writer")
            database = {"source": self.mysql.source, "target": self.mysql.target}.get(side)
            if database is not None:
                self._pay(database, side, f"load-{number}")

    def _pay(self, database: Database, side: str, token: str) -> None:
        try:
            with closing(database.application_session(self.mysql.role)) as session, session.cursor() as cursor:
                cursor.execute("insert into payments (token, amount) values (%s, 12.50)", (token,))
        except pymysql.err.MySQLError:
            self.unacknowledged.add(token)  # fenced during the request: it can be committed
        else:
            self.acknowledged.append(Acknowledgement(token, side, time.monotonic()))

    def wait_for_payments(self, side: str) -> None:
        """Wait until `side` has accepted more payments."""
        before = len(self.acknowledged)
        wait_until(lambda: len(self.acknowledged) > before + _PROOF)
        assert self.acknowledged[-1].side == side

    def downtimes(self) -> list[float]:
        """Return the seconds without an acknowledgement at each change of the writer."""
        pairs = itertools.pairwise(self.acknowledged)
        return [after.at - before.at for before, after in pairs if before.side != after.side]


@contextmanager
def paying_client(mysql: MySqlEnvironment) -> Iterator[PayingClient]:
    """Run a client."""
    client, stop = PayingClient(mysql), threading.Event()
    thread = threading.Thread(target=client.pay_until, args=(stop,))
    thread.start()
    try:
        yield client
    finally:
        stop.set()
        thread.join()


def test_cutover_and_rollback_under_load_keep_every_payment_and_bound_the_downtime(mysql: MySqlEnvironment) -> None:
    mysql.variables["FENCE_TIMEOUT_SECONDS"] = str(_FENCE_TIMEOUT)
    mysql.start_replication()
    with paying_client(mysql) as client:
        client.wait_for_payments("source")
        mysql.cut_over()
        client.wait_for_payments("target")
        mysql.roll_back()
        client.wait_for_payments("source")
    wait_until(lambda: mysql.rows(mysql.source) == mysql.rows(mysql.target))
    tokens = [row[1] for row in mysql.rows(mysql.source)]
    acknowledged = {acknowledgement.token for acknowledgement in client.acknowledged}
    assert len(tokens) == len(set(tokens))
    assert acknowledged <= set(tokens) <= acknowledged | client.unacknowledged
    downtimes = client.downtimes()
    assert len(downtimes) == 2
    assert max(downtimes) < _FENCE_TIMEOUT
