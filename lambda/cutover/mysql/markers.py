"""Marker rows in MySQL."""

from dataclasses import dataclass

from cutover.engine import MARKER_TABLE
from cutover.mysql.account_catalog import hosts
from database.mysql import Session

_EXISTS = "select count(*) from information_schema.tables where table_schema = database() and table_name = %s"
_CREATE = f"""
create table {MARKER_TABLE} (id varchar(255) primary key, position bigint not null, at datetime(6) not null)
"""
_WRITE = f"""
insert into {MARKER_TABLE} (id, position, at) values (%s, 1, now(6))
on duplicate key update position = position + 1, at = now(6)
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

    def write(self, marker: str) -> int:
        """Increment the position of `marker`; a concurrent increment is a later position, which proves as much."""
        self.session.rows(_WRITE, marker)
        return self.position(marker)

    def position(self, marker: str) -> int:
        """Return the position of `marker`, or 0."""
        return int(self.session.value(f"select position from {MARKER_TABLE} where id = %s", marker) or 0)

    def written_at(self, marker: str) -> str | None:
        """Return the time of the last write of `marker`, or None."""
        found = self.session.value(f"select cast(at as char) from {MARKER_TABLE} where id = %s", marker)
        return None if found is None else str(found)

    def seconds_since(self, at: str) -> float:
        """Return the seconds from `at` until now."""
        return float(self.session.value("select timestampdiff(microsecond, %s, now(6))", at)) / 1_000_000
