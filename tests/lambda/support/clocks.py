"""Clocks that a test controls."""

import time
from datetime import UTC, datetime, timedelta

from common.clock import Clock


def skipping_clock() -> Clock:
    """Return a clock whose waits take no time, and on which only waits pass time: a deadline is reached at once."""
    now = datetime.now(UTC)

    def sleep(seconds: float) -> None:
        nonlocal now
        now += timedelta(seconds=seconds)

    return Clock(now=lambda: now, sleep=sleep)


_SHORTEST_WAIT = 0.05  # seconds: shorter ones cost more than they save


def fast_clock(factor: float) -> Clock:
    """Return a clock that runs faster by `factor`: waits and time-outs are shorter, and calls take more of them."""
    began = datetime.now(UTC)

    def now() -> datetime:
        return began + factor * (datetime.now(UTC) - began)

    return Clock(now=now, sleep=lambda seconds: time.sleep(max(_SHORTEST_WAIT, seconds / factor)))
