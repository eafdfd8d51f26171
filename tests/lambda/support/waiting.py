"""Waits for a condition that another thread brings about."""

import time
from collections.abc import Callable


def wait_until(done: Callable[[], bool], seconds: float = 60, interval_seconds: float = 0.02) -> None:
    """Wait until `done` returns true, which is asked at each interval; raise `TimeoutError` after `seconds`."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(interval_seconds)
