"""Marker rows in PostgreSQL."""

from dataclasses import dataclass
from uuid import uuid4

from common.errors import DatabaseFailure, PreconditionFailed
from database.postgresql import Database, identifier
from migration.tables import MARKER_TABLE

_INSUFFICIENT_PRIVILEGE = "42501"  # SQLSTATE
_CAN_WRITE = f"""
select bool_and(has_table_privilege(:user, 'public.{MARKER_TABLE}', privilege))
from unnest(array['select', 'insert', 'update', 'delete']) privilege
"""


@dataclass(frozen=True)
class Markers:
    """Implements `cutover.engine.Markers`. The table is in the schema `public`."""

    database: Database

    def install(self, user: str) -> None:
        """Create the marker table, and grant `user` access to it, as far as either is missing."""
        # If an administrator has prepared the table, this session's user may own nothing and be unable to grant.
        if self.database.value(f"select to_regclass('public.{MARKER_TABLE}')") is None:
            self.database.run(
                f"create table public.{MARKER_TABLE}"
                " (id varchar(36) primary key, purpose varchar(64) not null, at timestamptz not null)"
            )
        if not self.database.value(_CAN_WRITE, user=user):
            self._grant(user)

    def _grant(self, user: str) -> None:
        grant = f"grant select, insert, update, delete on public.{MARKER_TABLE} to {identifier(user)}"
        try:
            self.database.run(grant)
        except DatabaseFailure as error:
            if error.sqlstate != _INSUFFICIENT_PRIVILEGE:
                raise
            raise PreconditionFailed(
                f"the table public.{MARKER_TABLE} belongs to the user of another environment: {grant}"
            ) from None

    def delete_all(self) -> None:
        """Delete all rows."""
        self.database.run(f"delete from public.{MARKER_TABLE}")

    def write(self, purpose: str) -> str:
        """Insert a marker, and return its id."""
        marker = str(uuid4())
        self.database.run(
            f"insert into public.{MARKER_TABLE} (id, purpose, at) values (:marker, :purpose, clock_timestamp())",
            marker=marker,
            purpose=purpose,
        )
        return marker

    def has_arrived(self, marker: str) -> bool:
        """Return whether the marker exists."""
        sql = f"select exists (select 1 from public.{MARKER_TABLE} where id = :marker)"
        return bool(self.database.value(sql, marker=marker))

    def last_written_at(self, purpose: str) -> str | None:
        """Return the time of the last marker for `purpose`, or None."""
        sql = f"select max(at)::text from public.{MARKER_TABLE} where purpose = :purpose"
        found = self.database.value(sql, purpose=purpose)
        return None if found is None else str(found)

    def seconds_since(self, at: str) -> float:
        """Return the seconds from `at` until now."""
        sql = "select extract(epoch from clock_timestamp() - cast(:at as timestamptz))"
        return float(self.database.value(sql, at=at))
