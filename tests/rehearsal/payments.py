"""Payments that clients request all the while, and the audit of their rows."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from uuid import uuid4

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
    _errors: list[Exception] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator["PaymentLoad"]:
        """Run the clients inside the `with` block; raise the errors that ended one early."""
        clients = [threading.Thread(target=self._serve, daemon=True) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            yield self
        finally:
            self._stopping.set()
            for client in clients:
                client.join()
        if self._errors:
            raise ExceptionGroup("clients of the payment API", self._errors)

    def longest_gap_seconds(self, since: float, until: float) -> float:
        """Return the longest time between two acknowledgements that overlaps a period."""
        times = sorted(each.at for each in self.acknowledged)
        overlapping = (later - earlier for earlier, later in pairwise(times) if later > since and earlier < until)
        return max(overlapping, default=0.0)

    def _serve(self) -> None:
        route, client = self.route(), uuid4().hex[:8]
        try:
            for number in count(1):
                if self._stopping.is_set():
                    return
                key = f"client-{client}-{number}"
                self.offered.append(key)
                self._request(route, key)
                time.sleep(PAUSE_SECONDS)
        except Exception as error:
            self._errors.append(error)

    def _request(self, route: Route, key: str) -> None:
        deadline: float | None = None
        while True:
            side = route(key)
            if side is not None:
                self.acknowledged.append(Acknowledgement(key, side, time.time()))
                return
            self.refused.append(time.time())
            if self._stopping.is_set():
                deadline = deadline or time.monotonic() + _GRACE_SECONDS
                if time.monotonic() > deadline:
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
