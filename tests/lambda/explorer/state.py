"""The state of the model: two databases, three replication tasks, parameters and objects. It can be copied.

It holds everything that outlives an invocation. The operations keep nothing between two of them.
"""

import pickle
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

SOURCE, TARGET = "source", "target"
FORWARD_SLOT, REVERSE_SLOT, LOAD_SLOT = "paymig_pay_fwd", "paymig_pay_rev", "dms_load"
LOAD, FORWARD, REVERSE = "load", "forward", "reverse"
PREFIX = "/payment/model/1"

Kind = Literal["payment", "marker"]


class Change(NamedTuple):
    """One insert in a change log."""

    kind: Kind
    key: str
    """The id of a marker, or the number of a payment."""
    value: str
    """The purpose of a marker, or the identity of a payment, which is unique on both sides."""
    by_task: bool
    """Whether a replication task wrote it: the loopback prevention of the opposite task leaves it out."""


@dataclass
class Database:
    """One database with its server."""

    name: str
    is_reachable: bool = True
    generation: int = 0
    """Counts restarts: each one ends all sessions, and with them the locks."""
    can_log_in: bool = False
    has_session: bool = False
    """Whether a session of the application is left, which can write although logins are blocked."""
    payments: dict[int, str] = field(default_factory=dict)
    """Payments by number, without those that both sides have had for long."""
    oldest: int = 0
    """The number up to which all payments are on both sides."""
    markers: dict[str, str] = field(default_factory=dict)
    log: list[Change] = field(default_factory=list)
    log_start: int = 0
    slots: dict[str, int] = field(default_factory=dict)
    locked_by: int | None = None
    sequence: int = 0
    owner: str | None = None
    replication_users: dict[str, str] = field(default_factory=dict)

    @property
    def log_end(self) -> int:
        """Return the position after the last change."""
        return self.log_start + len(self.log)

    @property
    def takes_writes(self) -> bool:
        """Return whether the application can write."""
        return self.can_log_in or self.has_session

    def changes_since(self, position: int) -> list[Change]:
        """Return the changes from `position` on."""
        return self.log[max(0, position - self.log_start) :]

    def insert(self, change: Change) -> bool:
        """Insert a row; return False if the key exists."""
        if change.kind == "marker":
            if change.key in self.markers:
                return False
            self.markers[change.key] = change.value
        else:
            number = int(change.key)
            if number in self.payments or number <= self.oldest:
                return False
            self.payments[number] = change.value
        self.log.append(change)
        return True


@dataclass
class Task:
    """One replication task. A change log position is that of its source."""

    name: str
    source: str
    target: str
    slot: str
    status: str = "ready"
    position: int | None = None
    reason: str = ""
    batch: list[Change] = field(default_factory=list)
    """The rest of a batch that is partly applied."""
    batch_end: int = 0


@dataclass
class State:
    """Everything that outlives an invocation."""

    databases: dict[str, Database]
    tasks: dict[str, Task]
    parameters: dict[str, str]
    objects: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    """The number of each payment by identity, without those that both sides have had for long."""
    microseconds: int = 0
    counter: int = 0
    is_stalled: bool = False
    """Whether replication makes no progress."""
    starts_late: bool = False
    """Whether a start recreates the slot, and so loses the changes since the start position."""
    is_large: bool = False
    """Whether the table is too large for the comparison behind a fence."""
    is_idle: bool = False
    """Whether no client makes a payment."""
    weight: int = 100

    def copy(self) -> bytes:
        """Return a copy that `restore` makes a state of."""
        return pickle.dumps(self, pickle.HIGHEST_PROTOCOL)

    @staticmethod
    def restore(copy: bytes) -> "State":
        """Return a new state with the content of `copy`."""
        state = pickle.loads(copy)
        assert isinstance(state, State)
        return state

    def next_number(self) -> int:
        """Return a number that was not returned before."""
        self.counter += 1
        return self.counter


# A minute before the clock of the model begins: the canonical form leaves this time as it is.
_COMPARISON = '{"execution":"run-0","at":"2025-12-31T23:59:00+00:00"}'


def initial_state() -> State:
    """Return the state of a migration whose full load is completed and compared, with all traffic on the new side."""
    source = Database(SOURCE, can_log_in=True, has_session=True, owner="model/migration/1")
    source.replication_users["model/migration/1"] = "dms"
    source.slots[LOAD_SLOT] = 0
    return State(
        databases={SOURCE: source, TARGET: Database(TARGET)},
        tasks={
            LOAD: Task(LOAD, SOURCE, TARGET, LOAD_SLOT, "running", 0),
            FORWARD: Task(FORWARD, SOURCE, TARGET, FORWARD_SLOT),
            REVERSE: Task(REVERSE, TARGET, SOURCE, REVERSE_SLOT),
        },
        parameters={
            f"{PREFIX}/writer": "source",
            f"{PREFIX}/replication": "present",
            f"{PREFIX}/rollback-window": "open",
            f"{PREFIX}/traffic/weight": "100",
            f"{PREFIX}/traffic/hold": "none",
        },
        objects={"validation/consistent/pay.json": _COMPARISON},
    )
