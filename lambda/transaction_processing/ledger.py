"""The ledger of this side: whether payments are booked here.

Without a replication the old side has a ledger of its own, and neither has the idempotency keys of the other. Only one
of the two may be open. The parameter `ledger` is the state of this one; Terraform shifts traffic only if it fits.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from common import log
from common.cache import Cached
from common.errors import InvalidSettings, PreconditionFailed, Unavailable
from common.parameters import Parameters
from common.settings import Variables

LEDGER_TTL: Final = 5.0
"""Seconds between two reads of the parameter."""

LEDGER_MAX_STALE: Final = 30.0
"""Seconds that its last value is used while Parameter Store throttles (by default at 40 calls a second)."""


@dataclass(frozen=True)
class Ledger:
    """State of the ledger. Without parameters both sides share a database, and the ledger is always open."""

    parameters: Parameters | None
    _is_open: Cached[bool]

    def require_open(self) -> None:
        """Raise Unavailable if payments may not be booked here."""
        if self.parameters is not None and not self._is_open.value():
            raise Unavailable("the ledger is closed")

    def is_open(self) -> bool:
        """Return whether payments are booked here, without a cache."""
        return self._separate().is_ledger_open()

    def open(self) -> None:
        """Allow bookings."""
        self._separate().open_ledger()
        log.info("ledger-opened")

    def close(self) -> None:
        """Forbid bookings, unless they are forbidden already."""
        if self.is_open():
            self._separate().close_ledger()
            log.info("ledger-closed")

    def is_drained(self, now: datetime, longest_booking: timedelta) -> bool:
        """Return whether the ledger has been closed for so long that no booking from before can run."""
        parameters = self._separate()
        longest = timedelta(seconds=LEDGER_MAX_STALE) + longest_booking
        return not parameters.is_ledger_open() and parameters.ledger_changed_at() + longest <= now

    def require_separate(self) -> None:
        """Raise PreconditionFailed if both sides share a database."""
        self._separate()

    def _separate(self) -> Parameters:
        if self.parameters is None:
            raise PreconditionFailed(
                "LEDGERS is not set: both sides share one database, and with it all idempotency keys"
            )
        return self.parameters


def parse_ledger(variables: Variables, parameters: Parameters) -> Ledger:
    """Return the ledger of the environment, by the variable LEDGERS."""
    match variables.optional("LEDGERS"):
        case None:
            return Ledger(None, _cached(lambda: True))
        case "separate":
            return Ledger(parameters, _cached(parameters.is_ledger_open))
        case other:
            raise InvalidSettings(f"LEDGERS is {other!r}, allowed: separate, or unset")


def _cached(read: Callable[[], bool]) -> Cached[bool]:
    return Cached(read, LEDGER_TTL, LEDGER_MAX_STALE, time.time)
