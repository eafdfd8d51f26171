"""Exchange of idempotency keys with the old side, around the switch of traffic between two ledgers.

Each operation is bounded by the timeout of the function, and may be repeated. Until its state is `finished`, it is
invoked again with the continuation that it returned.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from common import log
from common.clock import Clock, Deadline
from common.errors import InvalidEvent
from payments.transactions import Status
from transaction_processing import exports, imports
from transaction_processing.booking import Booking

RETRY_PERIOD: Final = timedelta(days=1)
"""Period in which a caller may repeat a request."""

_RESERVE_SECONDS: Final = 4.0
"""Seconds of an invocation that are left for the last batch."""

_FOLDER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class SideState(Enum):
    """Whether a side still books payments."""

    WRITING = "writing"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Exchange:
    """Ledger and stores of this side, and the time of one invocation."""

    booking: Booking
    begun_at: datetime
    deadline: Deadline
    longest_booking: timedelta

    def is_drained(self) -> bool:
        """Return whether the ledger is closed, and no booking from before can run."""
        return self.booking.ledger.is_drained(self.begun_at, self.longest_booking)


def begin_exchange(booking: Booking, clock: Clock, timeout: timedelta) -> Exchange:
    """Return the exchange of an invocation that begins now, with this time limit."""
    return Exchange(booking, clock.now(), clock.deadline(timeout.total_seconds() - _RESERVE_SECONDS), timeout)


def import_idempotency_keys(
    exchange: Exchange, folder: str, old_side: SideState, continuation: object
) -> Mapping[str, object]:
    """Import the records of a folder. Once the old side has stopped, the end of the import opens the ledger."""
    booking, ledger = exchange.booking, exchange.booking.ledger
    is_closed = not ledger.is_open()
    audit, is_drained = booking.audit, is_closed and exchange.is_drained()
    run = imports.Import(audit.client, audit.bucket, booking.table, booking.writer, is_drained)
    position = run.run(_require_folder(folder), imports.parse_position(continuation), exchange.deadline)
    log.info("idempotency-keys-imported", folder=folder, counts=run.counts)
    if position is None and is_closed and old_side is SideState.STOPPED:
        ledger.open()
    return {
        "state": "finished" if position is None else "continued",
        "imported": run.counts["imported"],
        "present": run.counts["present"],
        "conflicting": run.counts["conflicting"],
        "continuation": None if position is None else imports.position_to_json(position),
    }


def export_idempotency_keys(
    exchange: Exchange, folder: str, new_side: SideState, since: object, continuation: object
) -> Mapping[str, object]:
    """Export the records of payments since a time. To stop this side, close the ledger first."""
    booking, ledger = exchange.booking, exchange.booking.ledger
    ledger.require_separate()
    _require_folder(folder)
    begin = exchange.begun_at - RETRY_PERIOD if since is None else exports.parse_since(since)
    statuses: tuple[Status, ...] = exports.FINISHED
    if new_side is SideState.STOPPED:
        ledger.close()
        if not exchange.is_drained():
            return {"state": "draining", "exported": 0, "continuation": continuation}
        # An interrupted booking has a result if its payment is in the database.
        statuses = (*statuses, Status.PENDING)
    run = exports.Export(booking.audit.client, booking.audit.bucket, booking.table, booking.writer, statuses)
    start = run.start(begin) if continuation is None else exports.parse_position(continuation, statuses)
    position = run.run(folder, start, exchange.deadline)
    log.info("idempotency-keys-exported", folder=folder, records=run.exported)
    return {
        "state": "finished" if position is None else "continued",
        "exported": run.exported,
        "continuation": None if position is None else exports.position_to_json(position),
    }


def _require_folder(name: str) -> str:
    if not _FOLDER.fullmatch(name):
        raise InvalidEvent("the folder must be 1 to 64 letters, digits, hyphens, dots or underscores")
    return name
