"""PostgreSQL's log of changes: logical replication slots, which fill a disk when they are forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass

from common import log
from cutover.administered import MARKER_TABLE
from database.postgresql import Database

_PLUGIN = "test_decoding"  # DMS's default for PostgreSQL sources; needs no extension
_CREATE = "select lsn::text from pg_create_logical_replication_slot(cast(:slot as name), cast(:plugin as name))"
_EXISTS = "select count(*) from pg_replication_slots where slot_name = :slot and database = current_database()"
_FREE = "select current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots)::int"
_READ_BY = """
select s.slot_name::text from pg_replication_slots s join pg_stat_activity a on a.pid = s.active_pid
where s.database = current_database() and a.usename = any(cast(:users as text[])) order by 1
"""
_CHANGES = f"""
select count(*) from pg_logical_slot_peek_changes(cast(:slot as name), null, 1000, 'include-xids', '0')
where data like 'table %' and data not like 'table public.{MARKER_TABLE}:%' and data !~ '^table \\S*awsdms_'
"""


@dataclass(frozen=True)
class Slots:
    """See `cutover.administered.ChangeLog`."""

    database: Database

    def keep_from_here(self, slot: str) -> str:
        """See the protocol. Makes `slot` anew; one of that name is a leftover and goes."""
        self.forget(slot)
        return str(self.database.value(_CREATE, slot=slot, plugin=_PLUGIN))

    def forget(self, slot: str) -> None:
        """See the protocol."""
        if self._exists(slot):
            self.database.run("select pg_drop_replication_slot(cast(:slot as name))", slot=slot)
            log.info("slot-dropped", slot=slot)

    def read_by(self, users: tuple[str, ...]) -> list[str]:
        """See the protocol."""
        return [row[0] for row in self.database.rows(_READ_BY, users=list(users))]

    def is_quiet_since(self, slot: str, position: str) -> bool:
        """See the protocol. The slot itself knows its position."""
        del position
        return self._exists(slot) and not self.database.value(_CHANGES, slot=slot)

    def prepare(self) -> None:
        """See the protocol. Slots keep what their tasks have not read."""

    def lacks(self) -> Iterator[str]:
        """See the protocol."""
        if self.database.value("show wal_level") != "logical":
            yield "has wal_level other than logical"

    def free_places(self) -> int | None:
        """See the protocol."""
        return int(self.database.value(_FREE))

    def _exists(self, slot: str) -> bool:
        return bool(self.database.value(_EXISTS, slot=slot))
