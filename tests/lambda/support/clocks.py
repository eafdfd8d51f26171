"""Clocks that a test controls."""

from datetime import UTC, datetime, timedelta

from common.clock import Clock


def skipping_clock() -> Clock:
    """Return a clock whose waits take no time, and on which only waits pass time: a deadline is reached at once."""
    now = datetime.now(UTC)

    def sleep(seconds: float) -> None:
        nonlocal now
        now += timedelta(seconds=seconds)

    return Clock(now=lambda: now, sleep=sleep)
