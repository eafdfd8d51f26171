"""Records the application's writes inside the databases: when each began and when it was committed.

Replicated rows fire no triggers, so the audit of a side holds only what the application wrote there. The audit table
is unlogged, which excludes it from replication.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from support.environment import Environment
from support.login_monitor import LoginPeriod
from support.write_downtime import Fence

_INSTALL = """
create schema write_audit;
create unlogged table write_audit.writes (at timestamptz not null default clock_timestamp());
create function write_audit.record() returns trigger language plpgsql security definer as
  $$ begin insert into write_audit.writes default values; return null; end $$;
create trigger write_audit after insert or update or delete on public.payments
  for each statement execute function write_audit.record();
create trigger write_audit after insert or update or delete on public.refunds
  for each statement execute function write_audit.record();
"""
_WRITES = "select extract(epoch from at), extract(epoch from pg_xact_commit_timestamp(xmin)) from write_audit.writes"


@dataclass(frozen=True)
class Write:
    """A write of the application; `began` and `committed` are Unix times."""

    side: str
    began: float
    committed: float


def install(environment: Environment) -> None:
    """Record the writes of both sides from now on."""
    for side in (environment.source, environment.target):
        side.run(_INSTALL)


def writes(environment: Environment) -> list[Write]:
    """Return the recorded writes of both sides, ordered by their begin."""
    found = [
        Write(name, float(began), float(committed))
        for name, side in (("source", environment.source), ("target", environment.target))
        for began, committed in side.run(_WRITES)
    ]
    return sorted(found, key=lambda write: write.began)


def writes_to_wrong_side(found: list[Write], fences: list[Fence]) -> Iterator[Write]:
    """Yield the writes that began or were committed while their side was not the last one named as the writer."""
    promoted = [fence.promoted_at for fence in fences]
    writers = ["source", *(fence.incoming_writer for fence in fences)]
    for write in found:
        if {writers[bisect(promoted, at)] for at in (write.began, write.committed)} != {write.side}:
            yield write


def overlapping_writes(found: list[Write]) -> Iterator[tuple[Write, Write]]:
    """Yield the writes of one side that began before a write of the other side was committed."""
    latest: dict[str, Write] = {}
    for write in found:
        other = latest.get({"source": "target", "target": "source"}[write.side])
        if other is not None and write.began <= other.committed:
            yield other, write
        if write.side not in latest or latest[write.side].committed < write.committed:
            latest[write.side] = write


def writes_while_other_side_allows_logins(
    found: list[Write], periods: Iterable[LoginPeriod]
) -> Iterator[tuple[Write, LoginPeriod]]:
    """Yield the writes of one side that overlap a login period of the other side."""
    for period in periods:
        for write in found:
            if write.side != period.side and write.began <= period.until and write.committed >= period.since:
                yield write, period
