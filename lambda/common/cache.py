"""Cached values with a time to live."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common import log

T = TypeVar("T")

RETRY_SECONDS: Final = 1.0
"""Time between two failed reads without a value to return, as Parameter Store throttles an account."""

MAX_PAUSE_SECONDS: Final = 8.0
"""The longest time to which the pause between failed reads grows, if the time to live is not longer."""


@dataclass
class Cached(Generic[T]):
    """Value that is read again after `ttl` seconds; while reading fails, it is returned up to an age of `max_stale`.

    A failed read is repeated after `ttl` seconds, not by the next call. The pause doubles with each further failure,
    since all callers share the rate limit of the account with the functions that move the writer. `clock` returns
    seconds since 1970. A monotonic clock may stop while Lambda freezes the function between calls.
    """

    read: Callable[[], T]
    ttl: float
    max_stale: float
    clock: Callable[[], float]
    _last: tuple[T, float] | None = field(default=None, init=False, repr=False)
    _failure: tuple[BotoCoreError | ClientError, float] | None = field(default=None, init=False, repr=False)
    _failures: int = field(default=0, init=False, repr=False)

    def value(self) -> T:
        """Return the value; raise the error of `read` if no value is left to return."""
        now = self.clock()
        if self._last is not None and 0 <= now - self._last[1] < self.ttl:
            return self._last[0]
        is_stale = self._last is not None and 0 <= now - self._last[1] < self.max_stale
        pause = self._pause() if is_stale else min(self.ttl, RETRY_SECONDS)
        if self._failure is None or not 0 <= now - self._failure[1] < pause:
            try:
                value = self.read()
            except (BotoCoreError, ClientError) as error:
                log.warning("refresh-failed", error=type(error).__name__)
                self._failure, self._failures = (error, now), self._failures + 1
            else:
                self._last, self._failure, self._failures = (value, now), None, 0
                return value
        if self._last is not None and is_stale:
            return self._last[0]
        raise self._failure[0].with_traceback(None)

    def invalidate(self) -> None:
        """Make the next call read the value again, unless the last read has failed."""
        if self._last is not None:
            self._last = (self._last[0], self.clock() - self.ttl)

    def _pause(self) -> float:
        """Return the time until a failed read is repeated."""
        return max(self.ttl, min(self.ttl * 2.0 ** (self._failures - 1), MAX_PAUSE_SECONDS))
