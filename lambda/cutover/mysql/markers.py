"""Marker rows in MySQL."""

from dataclasses import dataclass

from cutover.administered import MARKER_TABLE
from cutover.mysql.accounts import hosts
from database.mysql import Session

_EXISTS = "select count(*) from information_schema.tables where table_schema = database() and table_name = %s"
_CREATE = f"""
create table {MARKER_TABLE} (id varchar(64) primary key, position bigint not null, at datetime(6) not null)
"""
_WRITE = f"""
insert into {MARKER_TABLE} (id, position, at) values (%s, 1, now(6))
on duplicate key update position = position + 1, at = now(6)
"""


@dataclass(frozen=True)
class Markers:
    """See `cutover.administered.Markers`. The table lies in the database that the address names."""

    session: Session

    def install(self, user: str) -> None:
        """See the protocol."""
        if not self.session.value(_EXISTS, MARKER_TABLE):
            self.session.rows(_CREATE)
        # Where nobody handed the administrator over, this is the replication user's own session.
        if self.session.value("select substring_index(current_user(), '@', 1)") != user:
            for host in hosts(self.session, user):
                self.session.rows(f"grant select, insert, update, delete on {MARKER_TABLE} to %s@%s", user, host)

    def write(self, marker: str) -> int:
        """See the protocol. Somebody's later position proves as much as this one."""
        self.session.rows(_WRITE, marker)
        return self.position(marker)

    def position(self, marker: str) -> int:
        """See the protocol."""
        return int(self.session.value(f"select position from {MARKER_TABLE} where id = %s", marker) or 0)

    def written_at(self, marker: str) -> str | None:
        """See the protocol."""
        found = self.session.value(f"select cast(at as char) from {MARKER_TABLE} where id = %s", marker)
        return None if found is None else str(found)

    def seconds_since(self, at: str) -> float:
        """See the protocol."""
        return float(self.session.value("select timestampdiff(microsecond, %s, now(6))", at)) / 1_000_000
