"""Time as a value that is handed in, so that tests decide how it passes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from common.errors import MigrationError


@dataclass(frozen=True)
class Clock:
    """The wall clock and the way to wait."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep

    def deadline(self, seconds: float, since: datetime | None = None) -> "Deadline":
        """A budget of `seconds` that began at `since` (now, by default)."""
        return Deadline((since or self.now()) + timedelta(seconds=seconds), self)


@dataclass(frozen=True)
class Deadline:
    """A point in time that work must end before."""

    at: datetime
    clock: Clock

    def left(self) -> float:
        """Seconds until then; negative when it has passed."""
        return (self.at - self.clock.now()).total_seconds()

    def poll(self, done: Callable[[], bool], late: MigrationError, pause: float = 0.1) -> None:
        """Ask `done` until it is true; raises `late` when time runs out first. It is asked at least once."""
        if not self.comes_true(done, pause):
            raise late

    def comes_true(self, done: Callable[[], bool], pause: float = 0.1) -> bool:
        """Ask in the same way; False when time runs out first."""
        while not done():
            if self.left() <= 0:
                return False
            self.clock.sleep(pause)
        return True
