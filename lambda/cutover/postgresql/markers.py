"""Marker rows in PostgreSQL."""

from dataclasses import dataclass

from common.errors import DatabaseFailure, PreconditionFailed
from cutover.engine import MARKER_TABLE
from database.postgresql import Database, identifier

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
                " (id varchar(255) primary key, position bigint not null, at timestamptz not null)"
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

    def write(self, marker: str) -> int:
        """Increment the position of `marker`, and return it."""
        return int(
            self.database.value(
                f"insert into public.{MARKER_TABLE} as m (id, position, at) values (:marker, 1, clock_timestamp())"
                " on conflict (id) do update set position = m.position + 1, at = clock_timestamp() returning position",
                marker=marker,
            )
        )

    def position(self, marker: str) -> int:
        """Return the position of `marker`, or 0."""
        sql = f"select position from public.{MARKER_TABLE} where id = :marker"
        return int(self.database.value(sql, marker=marker) or 0)

    def written_at(self, marker: str) -> str | None:
        """Return the time of the last write of `marker`, or None."""
        found = self.database.value(f"select at::text from public.{MARKER_TABLE} where id = :marker", marker=marker)
        return None if found is None else str(found)

    def seconds_since(self, at: str) -> float:
        """Return the seconds from `at` until now."""
        sql = "select extract(epoch from clock_timestamp() - cast(:at as timestamptz))"
        return float(self.database.value(sql, at=at))
