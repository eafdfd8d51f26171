"""Engine-independent interface to a database under administration, with one protocol per subject.

`cutover.postgresql` and `cutover.mysql` implement it. No step depends on the engine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from common.clock import Deadline
from cutover.premigration_rule import Problem, RuleSet
from cutover.schema_snapshot import SchemaSnapshot
from database.secrets import Login
from migration.tables import Table


class SequencePosition(NamedTuple):
    """The state of a sequence or of an AUTO_INCREMENT column."""

    value: int
    is_used: bool
    """Whether `value` was handed out already; otherwise it is the next value."""


class Owner(NamedTuple):
    """The environment that owns a source."""

    environment: str
    """`<stack>/<environment>/<suffix>`."""
    since: str
    """The time of the acquisition, by the clock of the source."""


NOT_NULL_LOB = "{} has the LOB column {}, which is NOT NULL, but DMS writes LOBs as NULL first"
"""Describes a replication blocker: DMS writes a LOB as NULL first and updates it later, in both directions."""


class Accounts(Protocol):
    """Logins of the application, and users of the migration.

    A database is fenced when no user of the application can log in, and none of their sessions and prepared
    transactions is left.
    """

    def application_users(self, role: str, login: str | None, exempt: tuple[str, ...]) -> list[str]:
        """Return the application's role, the user of its secret and all members of both, without the `exempt` users.

        Raise `PreconditionFailed` if the server has no such user, so that a fence would block nobody.
        """

    def block_logins(self, users: list[str], deadline: Deadline) -> None:
        """Block the logins of `users`, end their sessions, and wait until no session or prepared transaction is left.

        Raise `FenceTimeout` if some are left at the deadline.
        """

    def logins(self, users: list[str]) -> list[str]:
        """Return the logins of `users`: roles on PostgreSQL, accounts of the form `user@host` on MySQL."""

    def open_logins(self, users: list[str]) -> list[str]:
        """Return the logins of `users` that are not blocked."""

    def allow_logins(self, logins: list[str]) -> None:
        """Allow each of `logins` that is blocked."""

    def missing_fence_privileges(self, users: list[str]) -> Iterator[Problem]:
        """Yield each privilege that this session lacks to block `users`, as a predicate whose subject is the side.

        Nothing is changed.
        """

    def prepared_transactions(self) -> list[str]:
        """Return the names of all prepared transactions of the server.

        Each can be committed although no session of its user is left.
        """

    def other_writers(self, known: list[str], tables: list[Table]) -> list[str]:
        """Return the users outside `known` that can log in and write to one of `tables`.

        Each one is followed by its means in parentheses, unless it has a privilege on a table. Administrators are left
        out, because they can lift any fence.
        """

    def ensure_replication_user(self, login: Login, tables: list[Table], control_schema: str) -> None:
        """Create or update the user of the replication tasks, which reads and writes `tables` and reads the change log.

        Both sides need all of these privileges, since replication runs in both directions. DMS creates its control
        tables in `control_schema`.
        """

    def missing_replication_privileges(self, tables: list[Table], control_schema: str) -> Iterator[Problem]:
        """Yield each privilege that the user of this session lacks to replicate in either direction.

        Each one is a predicate whose subject is the side.
        """

    def ensure_application_user(self, login: Login, role: str, tables: list[Table]) -> None:
        """Create or update the user of the application's secret, blocked until the side is promoted.

        The application's role is created too, if the engine needs one.
        """

    def missing_prerequisites(self, user: str, role: str, application_user: str | None) -> Iterator[Problem]:
        """Yield each missing user or privilege, as a predicate whose subject is the side."""


class Markers(Protocol):
    """Marker rows, written on the outgoing side and applied by replication on the incoming side.

    A marker proves that every earlier commit has been applied. A task that applies in batches can apply the
    rows of one batch in any order. A second marker, written after the first has been applied, belongs to a
    later batch, and so proves that the whole batch of the first one has been applied.

    Every marker is a new row with a random id, and no row is changed: a side may lack rows of the other one, and an
    UPDATE or DELETE of a missing row stops a task.
    """

    def install(self, user: str) -> None:
        """Create the marker table, and grant the replication user access to it."""

    def delete_all(self) -> None:
        """Delete all rows; no replication may read this side."""

    def write(self, purpose: str) -> str:
        """Insert a marker, and return its id."""

    def has_arrived(self, marker: str) -> bool:
        """Return whether this side has the marker with this id."""

    def last_written_at(self, purpose: str) -> str | None:
        """Return the time of the last marker for `purpose` on this side, by the clock of the writing side."""

    def seconds_since(self, at: str) -> float:
        """Return the seconds from `at` until now, by this side's clock."""


class Environments(Protocol):
    """The environments that read this database as their source, of which at most one owns it.

    Their tables are in sources only, and are not replicated. The ownership table has one row.
    """

    def register(self, environment: str, replication_user: str) -> None:
        """Store the replication user of `environment`; create the table if it is missing."""

    def replication_users(self) -> dict[str, str]:
        """Return the registered replication users by environment."""

    def owner(self) -> Owner | None:
        """Return the owner; None without one, or without the table."""

    def set_owner(self, environment: str) -> None:
        """Replace the owner; create the table if it is missing."""

    def remove_owner(self) -> None:
        """Remove the owner."""


class ChangeLog(Protocol):
    """The change log from which replication tasks read.

    `slot` names the replication slot of a PostgreSQL task; MySQL has no slots and ignores it.
    """

    def create_slot(self, slot: str) -> None:
        """Create `slot`, in place of an existing one, so that the server retains all later changes.

        It waits for every open transaction of the server that writes, also in other databases.
        """

    def advance_slot(self, slot: str) -> str | None:
        """Return the present position as a `CdcStartPosition`, and move `slot` to it; None without the slot."""

    def drop_slot(self, slot: str) -> None:
        """Drop `slot`, which must not be in use, so that the server retains nothing for it."""

    def slots_in_use_by(self, users: tuple[str, ...]) -> list[str]:
        """Return the slots that sessions of `users` read from; DMS chooses the names of its own slots."""

    def has_no_writes_since(self, slot: str, position: str) -> bool:
        """Return whether the log proves that no row was written since `position`, except to the migration's tables."""

    def changed_tables(self, slot: str, position: str | None, tables: list[Table]) -> list[str]:
        """Return those of `tables` whose rows changed since `position`, to which `slot` was advanced.

        Raise `PreconditionFailed` if the log no longer holds every change since then.
        """

    def set_retention(self) -> None:
        """Make the server retain the log while a task may be stopped, unless a server parameter does."""

    def missing_prerequisites(self) -> Iterator[Problem]:
        """Yield each server setting that replication from this side lacks, as a predicate whose subject is the side."""

    def free_slots(self) -> int | None:
        """Return the number of tasks that can still be added, or None if the server has no limit."""

    def position(self) -> str:
        """Return the present position."""

    def bytes_since(self, position: str) -> int:
        """Return the bytes that the log has grown by since `position`."""

    def average_growth(self) -> float | None:
        """Return the average bytes per second since the server began to count, or None if it does not count."""

    def retention(self) -> "Retention":
        """Return the limits up to which the server retains the log for a stopped task."""


class Retention(NamedTuple):
    """Limits of the change log; None is no limit. Beyond them a stopped task cannot continue."""

    size_bytes: int | None
    seconds: float | None


class Sequences(Protocol):
    """Sequences and AUTO_INCREMENT values, which replication does not carry over."""

    def read(self, tables: list[Table]) -> dict[str, SequencePosition]:
        """Return the position of each sequence in the schemas of `tables`, by its quoted name."""

    def write(self, positions: Mapping[str, SequencePosition]) -> None:
        """Set sequences to the positions of the other side."""


class Schema(Protocol):
    """Definitions of tables."""

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """Return the tables whose `schema.table` matches one of `patterns` (LIKE), in order."""

    def snapshot(self, tables: list[Table]) -> SchemaSnapshot:
        """Return the properties of `tables` that must be equal on both sides."""

    def has_rows(self, table: Table) -> bool:
        """Return whether `table` has at least one row."""

    def replication_blockers(self, tables: list[Table]) -> Iterator[Problem]:
        """Yield each property that makes replication lose or repeat rows, or that prevents its detection."""

    def apply_errors(self) -> int:
        """Return the number of changes that DMS could not apply on this side."""


class Server(Protocol):
    """The database server."""

    def try_lock(self) -> bool:
        """Take the lock of this database, which the end of the session releases; return whether it was free."""

    def holds_lock(self) -> bool:
        """Return whether this session holds the lock; fail if the session has ended."""

    def product(self) -> str:
        """Return the name of the product."""

    def version(self) -> str:
        """Return the version, as in a stack file."""

    def used_bytes(self) -> int:
        """Return the bytes of all databases and of the change log, as far as this user can see them."""

    def premigration_rules(self) -> RuleSet:
        """Return the rules of the premigration assessment that read the catalogs of this engine."""


@dataclass(frozen=True)
class DatabaseAdmin:
    """An administrative session: it can fence, create start positions and set sequences."""

    accounts: Accounts
    markers: Markers
    environments: Environments
    changes: ChangeLog
    sequences: Sequences
    schema: Schema
    server: Server
