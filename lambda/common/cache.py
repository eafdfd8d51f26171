"""Cached values with a time to live."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common import log

T = TypeVar("T")

RETRY_SECONDS: Final = 1.0
"""Time between two failed reads without a value to return, as Parameter Store throttles an account."""


@dataclass
class Cached(Generic[T]):
    """Value that is read again after `ttl` seconds; while reading fails, it is returned up to an age of `max_stale`.

    A failed read is repeated after `ttl` seconds, not by the next call. `clock` returns seconds since 1970. A monotonic
    clock may stop while Lambda freezes the function between calls.
    """

    read: Callable[[], T]
    ttl: float
    max_stale: float
    clock: Callable[[], float]
    _last: tuple[T, float] | None = field(default=None, init=False, repr=False)
    _failure: tuple[BotoCoreError | ClientError, float] | None = field(default=None, init=False, repr=False)

    def value(self) -> T:
        """Return the value; raise the error of `read` if no value is left to return."""
        now = self.clock()
        if self._last is not None and 0 <= now - self._last[1] < self.ttl:
            return self._last[0]
        is_stale = self._last is not None and 0 <= now - self._last[1] < self.max_stale
        pause = self.ttl if is_stale else min(self.ttl, RETRY_SECONDS)
        if self._failure is None or not 0 <= now - self._failure[1] < pause:
            try:
                value = self.read()
            except (BotoCoreError, ClientError) as error:
                log.warning("refresh-failed", error=type(error).__name__)
                self._failure = (error, now)
            else:
                self._last, self._failure = (value, now), None
                return value
        if self._last is not None and is_stale:
            return self._last[0]
        raise self._failure[0].with_traceback(None)

    def invalidate(self) -> None:
        """Make the next call read the value again, unless the last read has failed."""
        if self._last is not None:
            self._last = (self._last[0], self.clock() - self.ttl)
