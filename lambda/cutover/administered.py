"""A database in the hands of the cutover, whatever its make: what the steps ask of it, one protocol a subject.

`cutover.postgresql` and `cutover.mysql` answer; a step never asks which of them it speaks to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from common.clock import Deadline
from database.secrets import Login
from migration.tables import Table

MARKER_TABLE = "paymig_marker"

Position: TypeAlias = tuple[int, bool]
"""Where a counter stands: its last value and whether that was handed out."""

Facts: TypeAlias = Mapping[str, Mapping[str, str]]
"""Table to the name of a fact to what it says."""


def large(table: str, column: str) -> str:
    """A hindrance: DMS writes a large object as NULL first and fills it in afterwards, in both directions."""
    return f"{table} has the large column {column}, which DMS writes as NULL first, and which must never be NULL"


class Accounts(Protocol):
    """Who may log in: the fence around a database, and the users of the migration."""

    def family(self, role: str, login: str | None, spared: tuple[str, ...]) -> list[str]:
        """The application's role, the user that it logs in as, and whoever inherits them; without the `spared` users.

        Raises `PreconditionFailed` where there is nobody who could be shut out.
        """

    def shut_out(self, names: list[str], deadline: Deadline) -> None:
        """Let none of `names` in, end their sessions, and prove that no session or prepared transaction is left."""

    def let_in(self, names: list[str]) -> None:
        """Let all of `names` log in again."""

    def any_may_log_in(self, names: list[str]) -> bool:
        """Whether at least one of `names` could log in."""

    def writers_beside(self, known: list[str], found: list[Table]) -> list[str]:
        """Whoever else could log in and write to one of `found`; without administrators, who could open any fence."""

    def ensure_replication_user(self, login: Login, found: list[Table]) -> None:
        """The user of the replication tasks: reads and writes the tables, and may read the log of changes.

        Both sides need all of it, since the way back runs from target to source.
        """

    def ensure_application_user(self, login: Login, role: str, found: list[Table]) -> None:
        """The user in the application's secret, and its role where the make needs one, shut out until the hand-over."""

    def lacks(self, login: Login, role: str, application: Login | None) -> Iterator[str]:
        """What is missing of the above, as ends of a sentence that begins with the database."""


class Markers(Protocol):
    """Marker rows: written on the side that gives, seen on the side that takes.

    A marker proves that everything committed before it has arrived. Where the task applies in batches, rows of
    one batch may arrive in any order; a second marker, written after the first was seen, belongs to a later
    batch and so proves the first one's whole.
    """

    def install(self, user: str) -> None:
        """Make the marker table and let the replication user read and write it."""

    def write(self, marker: str) -> int:
        """Move `marker` one on and return its new position."""

    def position(self, marker: str) -> int:
        """Where `marker` stands here; 0 when it never came."""

    def written_at(self, marker: str) -> str | None:
        """When this database's copy of `marker` was written, by the clock of the side that gave it."""

    def seconds_since(self, at: str) -> float:
        """How long ago that was, by this side's clock."""


class ChangeLog(Protocol):
    """The log of changes that replication tasks read. `slot` names a PostgreSQL task's place in it; MySQL has none."""

    def keep_from_here(self, slot: str) -> str:
        """A position that a task can start from, and that the server keeps what follows for."""

    def forget(self, slot: str) -> None:
        """Let the server keep nothing for `slot` any more; it must not be in use."""

    def read_by(self, users: tuple[str, ...]) -> list[str]:
        """The slots that sessions of `users` read from now: DMS names its own slots itself."""

    def is_quiet_since(self, slot: str, position: str) -> bool:
        """Whether it is certain that no row was written since `position`, the migration's own tables aside."""

    def prepare(self) -> None:
        """Have the server keep the log for as long as a task may be away, where that is no server parameter."""

    def lacks(self) -> Iterator[str]:
        """What replication out of this database needs and is not so, as ends of a sentence."""

    def free_places(self) -> int | None:
        """How many more tasks may read it; None where the server does not count them."""


class Counters(Protocol):
    """The counters that number rows: replication moves rows, not what numbers them."""

    def read(self, found: list[Table]) -> dict[str, Position]:
        """Where each counter near `found` stands, by its quoted name."""

    def write(self, positions: Mapping[str, Position]) -> None:
        """Set these counters to where they stand on the other side."""


class Schema(Protocol):
    """What the tables are like."""

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """The tables whose `schema.table` matches one of `patterns` (LIKE), in order."""

    def facts(self, found: list[Table]) -> Facts:
        """What is to be the same on both sides, table by table; `primary key` is one of the facts."""

    def hindrances(self, found: list[Table]) -> Iterator[str]:
        """What would make replication miss rows or write them twice, or hide such a thing."""

    def apply_errors(self) -> int:
        """How many changes DMS could not apply here."""


class Server(Protocol):
    """The server itself."""

    def try_lock(self) -> bool:
        """Take the lock that whoever moves the writer holds; the session's end gives it back."""

    def product(self) -> str:
        """Its name for people."""

    def version(self) -> str:
        """Its version, as a stack file could write it. An answer proves that the session, and so its lock, stands."""


@dataclass(frozen=True)
class Administered:
    """One session with the rights to fence, to set counters and to find positions in the log."""

    accounts: Accounts
    markers: Markers
    changes: ChangeLog
    counters: Counters
    schema: Schema
    server: Server
