"""Payments that clients request all the while, and the audit of their rows."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from support.gaps import longest_gap_seconds
from support.workers import Workers

CLIENTS = 3
PAUSE_SECONDS = 0.2
"""Time between two payments of a client, and between the attempts of one."""
_GRACE_SECONDS = 30.0
"""Time that a pending payment has after the end of the load."""

Route = Callable[[str], str | None]
"""Requests a payment under an idempotency key; returns the side that accepted it, None if the key must be retried."""


@dataclass(frozen=True)
class Acknowledgement:
    """A payment that was acknowledged to its client."""

    key: str
    side: str
    at: float
    """Unix time."""


@dataclass
class PaymentLoad:
    """Clients that each request one payment after the other, and repeat it under its key until it is acknowledged."""

    route: Callable[[], Route]
    """Returns the route of a client."""
    offered: list[str] = field(default_factory=list)
    acknowledged: list[Acknowledgement] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    """Unix times of the attempts that no side accepted."""
    _workers: Workers = field(default_factory=lambda: Workers("clients of the payment API"))

    @contextmanager
    def running(self) -> Iterator["PaymentLoad"]:
        """Run the clients inside the `with` block; raise the errors that ended one early."""
        for _ in range(CLIENTS):
            self._workers.start(self._serve)
        try:
            yield self
        finally:
            self._workers.stop()

    def longest_gap_seconds(self, since: float, until: float) -> float:
        """Return the longest time between two acknowledgements that overlaps a period."""
        return longest_gap_seconds((each.at for each in self.acknowledged), since, until)

    def _serve(self, client: int) -> None:
        route = self.route()
        for number in count(1):
            if self._workers.stopping.is_set():
                return
            key = f"client-{client}-{number}"
            self.offered.append(key)
            self._request(route, key)
            time.sleep(PAUSE_SECONDS)

    def _request(self, route: Route, key: str) -> None:
        is_late = self._workers.grace_period(_GRACE_SECONDS)
        while True:
            side = route(key)
            if side is not None:
                self.acknowledged.append(Acknowledgement(key, side, time.time()))
                return
            self.refused.append(time.time())
            if is_late():
                raise TimeoutError(f"the payment {key} was accepted by no side")
            time.sleep(PAUSE_SECONDS)


@dataclass(frozen=True)
class Audit:
    """The comparison of the acknowledged payments with the rows of the writer."""

    stage: str
    writer: str
    offered: int
    acknowledged: int
    lost: int
    doubled: int
    unrequested: int

    @property
    def is_correct(self) -> bool:
        """Whether each acknowledged payment exists once, and no other payment exists."""
        return not (self.lost or self.doubled or self.unrequested)


def audit(stage: str, writer: str, load: PaymentLoad, read_keys: Callable[[], list[str]]) -> Audit:
    """Compare the acknowledged payments with the idempotency keys of all rows on the writer."""
    # A row exists before its acknowledgement, and is offered before it exists.
    acknowledged = [each.key for each in load.acknowledged]
    rows = Counter(read_keys())
    offered = set(load.offered)
    return Audit(
        stage=stage,
        writer=writer,
        offered=len(offered),
        acknowledged=len(acknowledged),
        lost=sum(key not in rows for key in acknowledged),
        doubled=sum(number > 1 for number in rows.values()),
        unrequested=sum(key not in offered for key in rows),
    )
