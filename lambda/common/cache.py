"""Cached values with a time to live."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common import log

T = TypeVar("T")


@dataclass
class Cached(Generic[T]):
    """Value that is read again after `ttl` seconds; while reading fails, it is returned up to an age of `max_stale`.

    `clock` returns seconds since 1970. A monotonic clock may stop while Lambda freezes the function between calls.
    """

    read: Callable[[], T]
    ttl: float
    max_stale: float
    clock: Callable[[], float]
    _last: tuple[T, float] | None = field(default=None, init=False, repr=False)

    def value(self) -> T:
        """Return the value; raise the error of `read` if no value is left to return."""
        now = self.clock()
        if self._last is not None and 0 <= now - self._last[1] < self.ttl:
            return self._last[0]
        try:
            value = self.read()
        except (BotoCoreError, ClientError) as error:
            if self._last is None or not 0 <= now - self._last[1] < self.max_stale:
                raise
            log.warning("refresh-failed", error=type(error).__name__)
            return self._last[0]
        self._last = (value, now)
        return value

    def invalidate(self) -> None:
        """Make the next call read the value again."""
        if self._last is not None:
            self._last = (self._last[0], self.clock() - self.ttl)
