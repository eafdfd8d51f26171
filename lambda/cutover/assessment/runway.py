"""The change log's runway: the time from a stop of the replication until the disk is full, or changes are lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from common.clock import Clock
from cutover.engine import DatabaseAdmin
from cutover.premigration_rule import Problem

_GIB = 1 << 30
_HOUR_SECONDS = 3_600


@dataclass(frozen=True)
class Storage:
    """The storage of a server, as the operator states it: databases do not show their disks."""

    free_bytes: int | None = None
    allocated_bytes: int | None = None

    @classmethod
    def from_gib(cls, free: float | None, allocated: float | None) -> "Storage":
        """Return the storage from numbers of GiB."""
        return cls(*(None if gib is None else int(gib * _GIB) for gib in (free, allocated)))

    @property
    def is_stated(self) -> bool:
        """Whether the operator stated anything."""
        return self.free_bytes is not None or self.allocated_bytes is not None

    def free(self, used_bytes: int) -> int | None:
        """Return the free bytes, None if nothing was stated."""
        if self.free_bytes is not None or self.allocated_bytes is None:
            return self.free_bytes
        return max(0, self.allocated_bytes - used_bytes)


@dataclass(frozen=True)
class Runway:
    """The measured growth of the change log, and what limits it."""

    bytes_per_second: float
    free_bytes: int | None
    retained_bytes: int | None
    retained_seconds: float | None

    @property
    def seconds_until_full(self) -> float | None:
        """Return the seconds until the disk is full; infinite if the log is purged before, None if unknown."""
        if self.free_bytes is None:
            return None
        seconds = self._seconds(self.free_bytes)
        return seconds if seconds < self.seconds_until_lost else inf

    @property
    def seconds_until_lost(self) -> float:
        """Return the seconds until the server purges changes that a stopped task has not read; may be infinite."""
        by_time = inf if self.retained_seconds is None else self.retained_seconds
        return by_time if self.retained_bytes is None else min(by_time, self._seconds(self.retained_bytes))

    def problems(self, required_hours: float) -> list[Problem]:
        """Return the findings of a runway that is unknown, or shorter than `required_hours`."""
        rate = f"writes {self.bytes_per_second * _HOUR_SECONDS / _GIB:.2f} GiB an hour"
        required = required_hours * _HOUR_SECONDS
        found: list[Problem] = []
        until_full, until_lost = self.seconds_until_full, self.seconds_until_lost
        if until_full is None:
            text = f"{rate} to the change log, and its free disk space is unknown"
            found.append(Problem("free disk space", text, "--free-gib GIB, or --allocated-gib GIB"))
        elif until_full < required:
            more = (self.bytes_per_second * required - (self.free_bytes or 0)) / _GIB
            text = f"{rate} to the change log: {_hours(until_full)} after a stop of the replication its disk is full"
            found.append(Problem("free disk space", text, f"enlarge the disk by {more:.1f} GiB"))
        if until_lost < required:
            text = f"{rate} to the change log: {_hours(until_lost)} after a stop of the replication it purges changes"
            remedy = f"raise binlog_expire_logs_seconds or max_slot_wal_keep_size to {required_hours:g} hours"
            found.append(Problem("retention of the change log", text, remedy))
        return found

    def to_json(self) -> Mapping[str, Any]:
        """Return the runway for the report; null is unknown or unlimited."""
        return {
            "bytes_per_second": round(self.bytes_per_second, 1),
            "free_bytes": self.free_bytes,
            "hours_until_full": _rounded_hours(self.seconds_until_full),
            "hours_until_lost": _rounded_hours(self.seconds_until_lost),
        }

    def _seconds(self, size_bytes: int) -> float:
        return size_bytes / self.bytes_per_second if self.bytes_per_second else inf


def measure_runway(admin: DatabaseAdmin, storage: Storage, seconds: float, clock: Clock) -> Runway:
    """Measure the growth of the change log for `seconds`, and use the server's average if that is higher."""
    start, position = clock.now(), admin.changes.position()
    clock.sleep(seconds)
    written = admin.changes.bytes_since(position)
    elapsed = max((clock.now() - start).total_seconds(), 0.001)
    retention = admin.changes.retention()
    return Runway(
        bytes_per_second=max(written / elapsed, admin.changes.average_growth() or 0),
        free_bytes=storage.free(admin.server.used_bytes()),
        retained_bytes=retention.size_bytes,
        retained_seconds=retention.seconds,
    )


def _hours(seconds: float) -> str:
    return f"{seconds / _HOUR_SECONDS:.1f} hours"


def _rounded_hours(seconds: float | None) -> float | None:
    return None if seconds is None or seconds == inf else round(seconds / _HOUR_SECONDS, 2)
