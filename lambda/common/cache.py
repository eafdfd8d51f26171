"""Values that are read elsewhere, and kept for a while."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common import log

T = TypeVar("T")


@dataclass
class Cached(Generic[T]):
    """A value that is read again after `young` seconds; while that fails, the last one serves until it is `kept` old.

    `clock` gives seconds since 1970: a function is frozen between calls, and a monotonic clock may stand still then.
    """

    read: Callable[[], T]
    young: float
    kept: float
    clock: Callable[[], float]
    _last: tuple[T, float] | None = field(default=None, init=False, repr=False)

    def value(self) -> T:
        """Give the value; what `read` raises where there is none to fall back on."""
        now = self.clock()
        if self._last is not None and 0 <= now - self._last[1] < self.young:
            return self._last[0]
        try:
            value = self.read()
        except (BotoCoreError, ClientError) as fault:
            if self._last is None or not 0 <= now - self._last[1] < self.kept:
                raise
            log.warning("not-renewed", fault=type(fault).__name__)
            return self._last[0]
        self._last = (value, now)
        return value

    def expire(self) -> None:
        """Read again the next time, however young the value is."""
        if self._last is not None:
            self._last = (self._last[0], self.clock() - self.young)
