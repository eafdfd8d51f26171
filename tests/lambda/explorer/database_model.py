"""In-memory implementations of the protocols of `cutover.engine`, with the semantics of PostgreSQL."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from common.clock import Deadline
from common.errors import DatabaseFailure, PreconditionFailed
from cutover.engine import DatabaseAdmin, Owner, Retention, SequencePosition
from cutover.premigration_rule import Problem, RuleSet
from cutover.schema_snapshot import SchemaSnapshot
from database.secrets import Login
from explorer.boundary import Session, World
from explorer.state import Change, Database
from migration.tables import Table

T = TypeVar("T")

TABLE = Table("public", "payments", 1)
USER, SEQUENCE = "app", "public.payments_id_seq"
_MAX_SLOTS = 10
_IN_USE = "55006"  # SQLSTATE


@dataclass(frozen=True)
class _Part:
    world: World
    database: Database
    session: Session

    def read(self, work: Callable[[], T]) -> T:
        return self.world.read(self.database, self.session, work)

    def effect(self, name: str, work: Callable[[], T]) -> T:
        return self.world.effect(f"{self.database.name}: {name}", self.database, self.session, work)


class Accounts(_Part):
    """One user of the application."""

    def application_users(self, role: str, login: str | None, exempt: tuple[str, ...]) -> list[str]:
        """Return the user."""
        return [USER]

    def block_logins(self, users: list[str], deadline: Deadline) -> None:
        """Block the logins, and end the session that is left."""

        def block() -> None:
            self.database.can_log_in = False

        def end_sessions() -> None:
            self.database.has_session = False

        self.effect("block logins", block)
        self.effect("end sessions", end_sessions)

    def logins(self, users: list[str]) -> list[str]:
        """Return `users`."""
        return [user for user in users if user == USER]

    def open_logins(self, users: list[str]) -> list[str]:
        """Return the user unless it is blocked."""
        return self.read(lambda: [USER] if self.database.can_log_in else [])

    def allow_logins(self, logins: list[str]) -> None:
        """Allow the logins."""

        def allow() -> None:
            self.database.can_log_in = True

        if logins:
            self.effect("allow logins", allow)

    def missing_fence_privileges(self, users: list[str]) -> Iterator[Problem]:
        """Yield nothing."""
        return iter(())

    def prepared_transactions(self) -> list[str]:
        """Return none."""
        return []

    def other_writers(self, known: list[str], tables: list[Table]) -> list[str]:
        """Return none."""
        return []

    def ensure_replication_user(self, login: Login, tables: list[Table], control_schema: str) -> None:
        """Do nothing: the user exists."""

    def missing_replication_privileges(self, tables: list[Table], control_schema: str) -> Iterator[Problem]:
        """Yield nothing."""
        return iter(())

    def ensure_application_user(self, login: Login, role: str, tables: list[Table]) -> None:
        """Do nothing: the user exists."""

    def missing_prerequisites(self, user: str, role: str, application_user: str | None) -> Iterator[Problem]:
        """Yield nothing."""
        return iter(())


class Markers(_Part):
    """Marker rows."""

    def install(self, user: str) -> None:
        """Do nothing: the table exists."""

    def delete_all(self) -> None:
        """Delete all markers, which are not replicated."""
        self.effect("delete markers", self.database.markers.clear)

    def write(self, purpose: str) -> str:
        """Insert a marker."""

        def insert() -> str:
            marker = f"m{self.world.state.next_number()}"
            self.database.insert(Change("marker", marker, purpose, False))
            return marker

        return self.effect("write marker", insert)

    def has_arrived(self, marker: str) -> bool:
        """Return whether the marker exists."""
        return self.read(lambda: marker in self.database.markers)

    def last_written_at(self, purpose: str) -> str | None:
        """Return a time if there is a marker for `purpose`."""
        return self.read(lambda: "then" if purpose in self.database.markers.values() else None)

    def seconds_since(self, at: str) -> float:
        """Return a minute."""
        return 60.0


class Environments(_Part):
    """The environments of a source."""

    def register(self, environment: str, replication_user: str) -> None:
        """Store the user."""

        def store() -> None:
            self.database.replication_users[environment] = replication_user

        self.effect("register", store)

    def replication_users(self) -> dict[str, str]:
        """Return the users."""
        return dict(self.database.replication_users)

    def owner(self) -> Owner | None:
        """Return the owner."""
        owner = self.read(lambda: self.database.owner)
        return None if owner is None else Owner(owner, "then")

    def set_owner(self, environment: str) -> None:
        """Replace the owner."""

        def store() -> None:
            self.database.owner = environment

        self.effect("set owner", store)

    def remove_owner(self) -> None:
        """Remove the owner."""

        def remove() -> None:
            self.database.owner = None

        self.effect("remove owner", remove)


class ChangeLog(_Part):
    """The change log with its slots. A position is the letter of the side with a number."""

    def create_slot(self, slot: str) -> None:
        """Create the slot at the end of the log."""

        def create() -> None:
            self._require_not_in_use(slot)
            self.database.slots[slot] = self.database.log_end

        self.effect(f"create slot {slot[-3:]}", create)

    def advance_slot(self, slot: str) -> str | None:
        """Move the slot to the end of the log."""

        def advance() -> str | None:
            if slot not in self.database.slots:
                return None
            self._require_not_in_use(slot)
            self.database.slots[slot] = self.database.log_end
            return f"{self.database.name[0].upper()}{self.database.log_end}"

        return self.effect(f"advance slot {slot[-3:]}", advance)

    def drop_slot(self, slot: str) -> None:
        """Drop the slot."""

        def drop() -> None:
            if slot in self.database.slots:
                self._require_not_in_use(slot)
                del self.database.slots[slot]

        self.effect(f"drop slot {slot[-3:]}", drop)

    def slots_in_use_by(self, users: tuple[str, ...]) -> list[str]:
        """Return the slots that tasks read."""
        return self.read(lambda: sorted(slot for slot in self.database.slots if self._is_in_use(slot)))

    def has_no_writes_since(self, slot: str, position: str) -> bool:
        """Return whether the slot exists and holds no payment."""
        return self.read(lambda: slot in self.database.slots and not self._payments_in(slot))

    def changed_tables(self, slot: str, position: str | None, tables: list[Table]) -> list[str]:
        """Return the table if the slot holds a payment."""

        def find() -> list[str]:
            if slot not in self.database.slots:
                raise PreconditionFailed(f"the slot {slot} is missing")
            return [str(TABLE)] if self._payments_in(slot) else []

        return self.read(find)

    def set_retention(self) -> None:
        """Do nothing."""

    def missing_prerequisites(self) -> Iterator[Problem]:
        """Yield nothing."""
        return iter(())

    def free_slots(self) -> int | None:
        """Return the number of free slots."""
        return self.read(lambda: _MAX_SLOTS - len(self.database.slots))

    def position(self) -> str:
        """Return the end of the log."""
        return self.read(lambda: str(self.database.log_end))

    def bytes_since(self, position: str) -> int:
        """Return the number of changes since `position`."""
        return self.read(lambda: self.database.log_end - int(position))

    def average_growth(self) -> float | None:
        """Return None: the server does not count."""
        return None

    def retention(self) -> Retention:
        """Return no limit."""
        return Retention(None, None)

    def _payments_in(self, slot: str) -> bool:
        if self._is_in_use(slot):
            raise DatabaseFailure(_IN_USE, f"the slot {slot} is in use")
        return any(change.kind == "payment" for change in self.database.changes_since(self.database.slots[slot]))

    def _is_in_use(self, slot: str) -> bool:
        name = self.database.name
        return any(
            task.slot == slot and task.source == name and task.status in ("running", "stopping")
            for task in self.world.state.tasks.values()
        )

    def _require_not_in_use(self, slot: str) -> None:
        if self._is_in_use(slot):
            raise DatabaseFailure(_IN_USE, f"the slot {slot} is in use")


@dataclass(frozen=True)
class Sequences:
    """One sequence."""

    part: _Part

    def read(self, tables: list[Table]) -> dict[str, SequencePosition]:
        """Return the position of the sequence."""
        return self.part.read(lambda: {SEQUENCE: SequencePosition(self.part.database.sequence, True)})

    def write(self, positions: Mapping[str, SequencePosition]) -> None:
        """Set the sequence."""

        def store() -> None:
            self.part.database.sequence = positions[SEQUENCE].value

        if positions:
            self.part.effect("set sequence", store)


class Schema(_Part):
    """One table."""

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """Return the table."""
        return self.read(lambda: [TABLE])

    def snapshot(self, tables: list[Table]) -> SchemaSnapshot:
        """Return the snapshot, which is equal on both sides."""
        snapshot = SchemaSnapshot()
        snapshot.add("public", "payments", "primary key", "id")
        return snapshot

    def has_rows(self, table: Table) -> bool:
        """Return whether there are payments."""
        return bool(self.database.payments) or self.database.oldest > 0

    def replication_blockers(self, tables: list[Table]) -> Iterator[Problem]:
        """Yield nothing."""
        return iter(())

    def apply_errors(self) -> int:
        """Return 0: a task stops at the first error."""
        return 0


class Server(_Part):
    """The server."""

    def try_lock(self) -> bool:
        """Take the lock if it is free."""

        def take() -> bool:
            if self.database.locked_by is None:
                self.database.locked_by = self.session.number
            return self.database.locked_by == self.session.number

        return self.read(take)

    def holds_lock(self) -> bool:
        """Return whether this session holds the lock."""
        return self.read(lambda: self.database.locked_by == self.session.number)

    def product(self) -> str:
        """Return the product."""
        return "PostgreSQL"

    def version(self) -> str:
        """Return the version."""
        return "16"

    def used_bytes(self) -> int:
        """Return 0."""
        return 0

    def premigration_rules(self) -> RuleSet:
        """Return none."""
        return RuleSet((), ())


def open_session(world: World, database: Database) -> tuple[DatabaseAdmin, Session]:
    """Open an administrative session; fail if the server cannot be reached."""
    if not database.is_reachable:
        raise DatabaseFailure("08001", f"the {database.name} cannot be reached")
    session = Session(world.state.next_number(), database.generation)
    parts = (world, database, session)
    admin = DatabaseAdmin(
        Accounts(*parts),
        Markers(*parts),
        Environments(*parts),
        ChangeLog(*parts),
        Sequences(_Part(*parts)),
        Schema(*parts),
        Server(*parts),
    )
    return admin, session


def close_session(database: Database, session: Session) -> None:
    """Close a session, which releases its lock."""
    if database.locked_by == session.number:
        database.locked_by = None
