"""Time as an argument, so that tests control it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from common.errors import MigrationError


@dataclass(frozen=True)
class Clock:
    """Wall clock and sleep function."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep

    def deadline(self, seconds: float, since: datetime | None = None) -> "Deadline":
        """Return the deadline `seconds` after `since`, by default from now."""
        return Deadline((since or self.now()) + timedelta(seconds=seconds), self)


@dataclass(frozen=True)
class Deadline:
    """Point in time before which work must end."""

    at: datetime
    clock: Clock

    def left(self) -> float:
        """Return the seconds that remain; negative once the deadline has passed."""
        return (self.at - self.clock.now()).total_seconds()

    def poll(self, done: Callable[[], bool], late: MigrationError, pause: float = 0.1) -> None:
        """Call `done` until it returns true, at least once; raise `late` at the deadline."""
        if not self.poll_until(done, pause):
            raise late

    def poll_until(self, done: Callable[[], bool], pause: float = 0.1) -> bool:
        """Call `done` until it returns true, at least once; return False at the deadline."""
        while not done():
            if self.left() <= 0:
                return False
            self.clock.sleep(pause)
        return True
