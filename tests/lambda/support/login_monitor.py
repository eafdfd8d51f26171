"""Which side lets the application in: looked at all the time, for both may never."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pg8000.native

from support.environment import Environment

_PAUSE = 0.05  # seconds between looks


@dataclass
class LoginPeriod:
    """A side let the application in, for certain, from one instant to another (seconds since 1970)."""

    side: str
    since: float
    until: float


class LoginMonitor:
    """The login_monitor of both sides, and who keeps looking at them."""

    def __init__(self, environment: Environment) -> None:
        self.both_allowed: list[float] = []
        """When the application could log in on both sides; never, that is."""
        self.periods: list[LoginPeriod] = []
        """When a side was seen open, look after look."""
        self._environment = environment
        self._closed = threading.Event()
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def open(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()
        self._thread.join()
        if self._fault is not None:
            raise self._fault

    def _watch(self) -> None:
        try:
            with (
                closing(self._environment.source.server.connect()) as source,
                closing(self._environment.target.server.connect()) as target,
            ):
                seen: dict[str, LoginPeriod] = {}
                while not self._closed.wait(_PAUSE):
                    # Open at one instant: the target, between two looks at the source.
                    first = self._look(seen, "source", source)
                    between = self._look(seen, "target", target)
                    if self._look(seen, "source", source) and first and between:
                        self.both_allowed.append(time.time())
        except Exception as fault:
            self._fault = fault

    def _look(self, seen: dict[str, LoginPeriod], side: str, session: pg8000.native.Connection) -> bool:
        before = time.time()
        rows = session.run("select rolcanlogin from pg_roles where rolname = :role", role=self._environment.role)
        if rows != [[True]]:
            seen.pop(side, None)
            return False
        if side not in seen:
            seen[side] = LoginPeriod(side, time.time(), before)
            self.periods.append(seen[side])
        seen[side].until = before
        return True


@contextmanager
def monitor_logins(environment: Environment) -> Iterator[LoginMonitor]:
    """LoginMonitor that are looked at until the end."""
    made = LoginMonitor(environment)
    made.open()
    try:
        yield made
    finally:
        made.close()
