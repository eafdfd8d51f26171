"""Marker rows in MySQL."""

from dataclasses import dataclass
from uuid import uuid4

from cutover.mysql.account_catalog import hosts
from database.mysql import Session
from migration.tables import MARKER_TABLE

_EXISTS = "select count(*) from information_schema.tables where table_schema = database() and table_name = %s"
_CREATE = f"""
create table {MARKER_TABLE} (id varchar(36) primary key, purpose varchar(64) not null, at datetime(6) not null)
"""


@dataclass(frozen=True)
class Markers:
    """Implements `cutover.engine.Markers`. The table is in the database of the address."""

    session: Session

    def install(self, user: str) -> None:
        """Create the marker table, and grant `user` access to it unless this session is that user's own."""
        if not self.session.value(_EXISTS, MARKER_TABLE):
            self.session.rows(_CREATE)
        # Without an administrator's secret this session is the replication user's, which cannot grant itself.
        if self.session.value("select substring_index(current_user(), '@', 1)") != user:
            for host in hosts(self.session, user):
                self.session.rows(f"grant select, insert, update, delete on {MARKER_TABLE} to %s@%s", user, host)

    def delete_all(self) -> None:
        """Delete all rows."""
        self.session.rows(f"delete from {MARKER_TABLE}")

    def write(self, purpose: str) -> str:
        """Insert a marker, and return its id."""
        marker = str(uuid4())
        self.session.rows(f"insert into {MARKER_TABLE} (id, purpose, at) values (%s, %s, now(6))", marker, purpose)
        return marker

    def has_arrived(self, marker: str) -> bool:
        """Return whether the marker exists."""
        return bool(self.session.value(f"select count(*) from {MARKER_TABLE} where id = %s", marker))

    def last_written_at(self, purpose: str) -> str | None:
        """Return the time of the last marker for `purpose`, or None."""
        found = self.session.value(f"select cast(max(at) as char) from {MARKER_TABLE} where purpose = %s", purpose)
        return None if found is None else str(found)

    def seconds_since(self, at: str) -> float:
        """Return the seconds from `at` until now."""
        return float(self.session.value("select timestampdiff(microsecond, %s, now(6))", at)) / 1_000_000
