"""Checks continuously which side lets the application log in; both sides must never allow it at the same time."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pg8000.native

from support.environment import Environment

_INTERVAL = 0.05  # seconds between checks


@dataclass
class LoginPeriod:
    """A period in which one side allowed logins without interruption; `since` and `until` are Unix times."""

    side: str
    since: float
    until: float


class LoginMonitor:
    """Checks in a thread whether the application's role can log in on each side."""

    def __init__(self, environment: Environment) -> None:
        self.both_allowed: list[float] = []
        """Unix times at which both sides allowed logins; a correct migration leaves it empty."""
        self.periods: list[LoginPeriod] = []
        """Periods in which a side allowed logins, in the order they began."""
        self._environment = environment
        self._stopping = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and raise the error that ended it early, if any."""
        self._stopping.set()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            with (
                closing(self._environment.source.server.connect()) as source,
                closing(self._environment.target.server.connect()) as target,
            ):
                current: dict[str, LoginPeriod] = {}
                while not self._stopping.wait(_INTERVAL):
                    # The check of the target lies between two checks of the source, so all three are true at one time.
                    before = self._check(current, "source", source)
                    between = self._check(current, "target", target)
                    if self._check(current, "source", source) and before and between:
                        self.both_allowed.append(time.time())
        except Exception as error:
            self._error = error

    def _check(self, current: dict[str, LoginPeriod], side: str, session: pg8000.native.Connection) -> bool:
        before = time.time()
        rows = session.run("select rolcanlogin from pg_roles where rolname = :role", role=self._environment.role)
        if rows != [[True]]:
            current.pop(side, None)
            return False
        if side not in current:
            current[side] = LoginPeriod(side, time.time(), before)
            self.periods.append(current[side])
        current[side].until = before
        return True


@contextmanager
def monitor_logins(environment: Environment) -> Iterator[LoginMonitor]:
    """Run a login monitor inside the `with` block."""
    monitor = LoginMonitor(environment)
    monitor.start()
    try:
        yield monitor
    finally:
        monitor.stop()
