"""The boundary between the operations and the model: every call of a protocol passes it, and faults happen there.

A call that changes state is an effect. Payments are made around each effect on a database, by a client that ignores
the parameter `writer` as a stale cache would, and obeys the logins only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from botocore.exceptions import ClientError

from common.clock import Clock
from common.errors import DatabaseFailure
from explorer.replication_model import progress
from explorer.state import SOURCE, TARGET, Change, Database, State

T = TypeVar("T")

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_FROZEN_SECONDS = 60
_OF_EFFECTS = ("kill", "kill-after", "lose")
LONGEST_PAUSE = 64.0


class Killed(BaseException):
    """Raised in place of the rest of an invocation; a BaseException, so that no operation catches it."""


class InvariantBroken(BaseException):
    """Raised as soon as a schedule breaks an invariant."""


@dataclass
class Fault:
    """What happens at one point of an invocation."""

    kind: str
    act: Callable[[], None] | None = None
    """Other actions, which run while the invocation is suspended."""


@dataclass
class Session:
    """An administrative session; a restart of its server ends it."""

    number: int
    generation: int


@dataclass
class World:
    """The state, and the points of the running invocation."""

    state: State
    policy: str = "lazy"
    """When replication progresses: `lazy` while an operation waits, `eager` before every call, `batches` one by one."""
    faults: Mapping[int, Fault] = field(default_factory=dict)
    """Faults by the number of the call at which they happen."""
    calls: int = 0
    effects: list[tuple[int, str]] = field(default_factory=list)
    """The number and the name of each effect of the invocation."""
    has_faulted: bool = False
    """Whether the fault of the invocation has happened; it does not if the invocation makes fewer calls."""
    _pause: float = 0.0

    def clock(self) -> Clock:
        """Return the clock of the model."""
        return Clock(now=self.now, sleep=self.sleep)

    def now(self) -> datetime:
        """Return the time, which differs at each call."""
        self.state.microseconds += 1
        return _EPOCH + timedelta(microseconds=self.state.microseconds)

    def sleep(self, seconds: float) -> None:
        """Let replication progress; while nothing does, each pause is longer than the one before."""
        if self.progress():
            self._pause = seconds
        else:
            self._pause = min(max(2 * self._pause, seconds), LONGEST_PAUSE)
        self.advance(self._pause)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.state.microseconds += int(seconds * 1_000_000)

    def progress(self) -> bool:
        """Let each task take a step."""
        return progress(self.state, in_batches=self.policy == "batches")

    def read(self, database: Database | None, session: Session | None, work: Callable[[], T]) -> T:
        """Pass a call that changes nothing."""
        number = self._begin_call()
        fault = self.faults.get(number)
        if fault is not None and fault.kind not in _OF_EFFECTS:
            self.has_faulted = True
            self._suspend(fault)
            if fault.kind == "refuse":
                self._refuse(database, session)
        self._require_connection(database, session)
        return work()

    def effect(self, name: str, database: Database | None, session: Session | None, work: Callable[[], T]) -> T:
        """Pass a call that changes state."""
        number = self._begin_call()
        self.effects.append((number, name))
        fault = self.faults.get(number)
        if fault is not None:
            self.has_faulted = True
            if fault.kind == "kill":
                raise Killed(name)
            self._suspend(fault)
            if fault.kind == "refuse":
                self._refuse(database, session)
        self._require_connection(database, session)
        if database is not None:
            self.pay()
        result = work()
        self.require_one_writer(name)
        if database is not None:
            self.pay()
        if fault is not None:
            if fault.kind == "kill-after":
                raise Killed(name)
            if fault.kind == "lose":
                self._refuse(database, session)
        return result

    def pay(self) -> None:
        """Make a payment on each side that accepts it, and acknowledge it."""
        if self.state.is_idle:
            return
        for database in self.state.databases.values():
            make_payment(self.state, database)

    def require_one_writer(self, name: str) -> None:
        """Raise `InvariantBroken` if both sides accept writes, or one that lacks an acknowledged payment."""
        source, target = self.state.databases[SOURCE], self.state.databases[TARGET]
        if source.takes_writes and target.takes_writes:
            raise InvariantBroken(f"both sides accept writes after {name}")
        for database in (source, target):
            missing = missing_payments(self.state, database.name) if database.takes_writes else []
            if missing:
                raise InvariantBroken(f"the {database.name} accepts writes and lacks {len(missing)} payments: {name}")

    def _begin_call(self) -> int:
        self.calls += 1
        if self.policy == "eager":
            self.progress()
        return self.calls

    def _suspend(self, fault: Fault) -> None:
        """Let the rest of the world continue while the invocation is suspended."""
        if fault.kind == "freeze":
            self.advance(_FROZEN_SECONDS)
        elif fault.kind.startswith("lost-"):
            restart(self.state.databases[fault.kind.removeprefix("lost-")])
        elif fault.kind.startswith("down-"):
            take_down(self.state.databases[fault.kind.removeprefix("down-")])
        if fault.act is not None:
            faults, calls, effects, pause = self.faults, self.calls, self.effects, self._pause
            self.faults, self.calls, self.effects = {}, 0, []
            try:
                fault.act()
            finally:
                self.faults, self.calls, self.effects, self._pause = faults, calls, effects, pause

    def _refuse(self, database: Database | None, session: Session | None) -> None:
        if database is None:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "call")
        if session is not None:
            session.generation = -1
        raise DatabaseFailure("08006", "the connection was lost")

    def _require_connection(self, database: Database | None, session: Session | None) -> None:
        if database is None:
            return
        if not database.is_reachable:
            raise DatabaseFailure("08006", f"the {database.name} cannot be reached")
        if session is not None and session.generation != database.generation:
            raise DatabaseFailure("57P01", "the session has ended")


def make_payment(state: State, database: Database) -> bool:
    """Insert a payment if `database` accepts writes, and acknowledge it; return whether it was accepted."""
    if not (database.takes_writes and database.is_reachable):
        return False
    if database.can_log_in:
        database.has_session = True
    database.sequence += 1
    identity = f"p{state.next_number()}"
    if not database.insert(Change("payment", str(database.sequence), identity, False)):
        return False
    state.acknowledged[identity] = database.sequence
    return True


def missing_payments(state: State, side: str) -> list[str]:
    """Return the acknowledged payments that a side lacks."""
    present = state.databases[side].payments
    return [identity for identity, number in state.acknowledged.items() if present.get(number) != identity]


def restart(database: Database) -> None:
    """End all sessions of a server, as a failover does."""
    database.generation += 1
    database.locked_by = None
    database.has_session = False


def take_down(database: Database) -> None:
    """Make a server unreachable."""
    restart(database)
    database.is_reachable = False
