"""What the databases themselves know of the application's writes: when each began, and when it was committed.

Rows that replication brings fire no triggers, so a side's journal holds what the application wrote there. It is
unlogged, which keeps it out of the replication.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from support.environment import Environment
from support.login_monitor import LoginPeriod
from support.write_downtime import Fence

_INSTALL = """
create schema journal;
create unlogged table journal.writes (at timestamptz not null default clock_timestamp());
create function journal.note() returns trigger language plpgsql security definer as
  $$ begin insert into journal.writes default values; return null; end $$;
create trigger noted after insert or update or delete on public.payments
  for each statement execute function journal.note();
create trigger noted after insert or update or delete on public.refunds
  for each statement execute function journal.note();
"""
_WRITES = "select extract(epoch from at), extract(epoch from pg_xact_commit_timestamp(xmin)) from journal.writes"


@dataclass(frozen=True)
class Write:
    """A write of the application's; seconds since 1970."""

    side: str
    began: float
    committed: float


def install(environment: Environment) -> None:
    """Keep a journal on both sides from here on."""
    for side in (environment.source, environment.target):
        side.run(_INSTALL)


def writes(environment: Environment) -> list[Write]:
    """All writes of both sides, as they began."""
    found = [
        Write(name, float(began), float(committed))
        for name, side in (("source", environment.source), ("target", environment.target))
        for began, committed in side.run(_WRITES)
    ]
    return sorted(found, key=lambda write: write.began)


def strays(found: list[Write], crossed: list[Fence]) -> Iterator[Write]:
    """Writes that were begun or committed while the parameter had not named their side last."""
    opened = [fence.opened for fence in crossed]
    turns = ["source", *(fence.taker for fence in crossed)]
    for write in found:
        if {turns[bisect(opened, at)] for at in (write.began, write.committed)} != {write.side}:
            yield write


def overlaps(found: list[Write]) -> Iterator[tuple[Write, Write]]:
    """Writes on one side that began before a write on the other was committed."""
    latest: dict[str, Write] = {}
    for write in found:
        other = latest.get({"source": "target", "target": "source"}[write.side])
        if other is not None and write.began <= other.committed:
            yield other, write
        if write.side not in latest or latest[write.side].committed < write.committed:
            latest[write.side] = write


def trespasses(found: list[Write], periods: Iterable[LoginPeriod]) -> Iterator[tuple[Write, LoginPeriod]]:
    """Writes on one side while the other was open."""
    for period in periods:
        for write in found:
            if write.side != period.side and write.began <= period.until and write.committed >= period.since:
                yield write, period
