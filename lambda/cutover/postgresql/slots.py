"""Logical replication slots, which are PostgreSQL's change log; an abandoned slot fills the disk."""

from collections.abc import Iterator
from dataclasses import dataclass

from common import log
from common.errors import PreconditionFailed
from cutover.engine import Retention
from cutover.premigration_rule import Problem
from database.postgresql import Database
from migration.tables import MIGRATION_TABLES, Table

_PLUGIN = "test_decoding"  # the default of DMS for PostgreSQL sources; it needs no extension
_CREATE = "select pg_create_logical_replication_slot(cast(:slot as name), cast(:plugin as name))"
# `pg_replication_slot_advance` is missing before PostgreSQL 11. The slot is seconds old and has few changes.
_ADVANCE = "select count(*) from pg_logical_slot_get_changes(cast(:slot as name), null, null)"
_POSITION = "select confirmed_flush_lsn::text from pg_replication_slots where slot_name = :slot"
_EXISTS = "select count(*) from pg_replication_slots where slot_name = :slot and database = current_database()"
_FREE = "select current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots)::int"
_AVERAGE_GROWTH = "select wal_bytes / greatest(extract(epoch from now() - stats_reset), 1) from pg_stat_wal"
# In megabytes; -1 is no limit.
_SLOT_LIMIT = """
select nullif(setting::bigint, -1) * 1024 * 1024 from pg_settings where name = 'max_slot_wal_keep_size'
"""
_IN_USE_BY = """
select s.slot_name::text from pg_replication_slots s join pg_stat_activity a on a.pid = s.active_pid
where s.database = current_database() and a.usename = any(cast(:users as text[])) order by 1
"""
_WRITES = f"""
select count(*) from pg_logical_slot_peek_changes(cast(:slot as name), null, 1000, 'include-xids', '0')
where data like 'table %' and data !~ '^table public\\.({"|".join(MIGRATION_TABLES)}):|^table \\S*awsdms_'
"""
_CHANGED = """
with changes as (
  select data from pg_logical_slot_peek_changes(cast(:slot as name), null, null, 'skip-empty-xacts', '1')
  where data like 'table %')
select t.schema || '.' || t.name from unnest(cast(:schemas as text[]), cast(:names as text[])) t (schema, name)
where exists (select from changes where strpos(data, format('table %I.%I: ', t.schema, t.name)) = 1) order by 1
"""


@dataclass(frozen=True)
class Slots:
    """Implements `cutover.engine.ChangeLog`."""

    database: Database

    def create_slot(self, slot: str) -> None:
        """Create `slot`, in place of one that an earlier switchover left."""
        self.drop_slot(slot)
        self.database.run(_CREATE, slot=slot, plugin=_PLUGIN)

    def advance_slot(self, slot: str) -> str | None:
        """Move `slot` to the end of the log, and return its LSN."""
        if not self._exists(slot):
            return None
        self.database.rows(_ADVANCE, slot=slot)
        return str(self.database.value(_POSITION, slot=slot))

    def drop_slot(self, slot: str) -> None:
        """Drop `slot` if it exists."""
        if self._exists(slot):
            self.database.run("select pg_drop_replication_slot(cast(:slot as name))", slot=slot)
            log.info("slot-dropped", slot=slot)

    def slots_in_use_by(self, users: tuple[str, ...]) -> list[str]:
        """Return the active slots whose sessions belong to `users`."""
        return [row[0] for row in self.database.rows(_IN_USE_BY, users=list(users))]

    def has_no_writes_since(self, slot: str, position: str) -> bool:
        """Return whether `slot`, which begins at `position`, contains changes of the migration's own tables only."""
        del position
        return self._exists(slot) and not self.database.value(_WRITES, slot=slot)

    def changed_tables(self, slot: str, position: str | None, tables: list[Table]) -> list[str]:
        """Return the tables of the changes in `slot`."""
        del position
        if not self._exists(slot):
            raise PreconditionFailed(
                f"the slot {slot} is missing, so that the changes since it was advanced are unknown"
            )
        names = {"schemas": [table.schema for table in tables], "names": [table.name for table in tables]}
        return [str(row[0]) for row in self.database.rows(_CHANGED, slot=slot, **names)]

    def set_retention(self) -> None:
        """Do nothing: a slot retains every change that its task has not read."""

    def missing_prerequisites(self) -> Iterator[Problem]:
        """Yield an unsuitable `wal_level`."""
        if self.database.value("show wal_level") != "logical":
            remedy = "alter system set wal_level = logical, and restart the server"
            yield Problem("wal_level", "has wal_level other than logical", remedy)

    def free_slots(self) -> int | None:
        """Return the number of slots below `max_replication_slots`."""
        return int(self.database.value(_FREE))

    def position(self) -> str:
        """Return the LSN of the write-ahead log."""
        return str(self.database.value("select pg_current_wal_lsn()::text"))

    def bytes_since(self, position: str) -> int:
        """Return the difference of LSNs."""
        return int(self.database.value("select pg_current_wal_lsn() - cast(:since as pg_lsn)", since=position))

    def average_growth(self) -> float | None:
        """Return the average of `pg_stat_wal`, which is missing before PostgreSQL 14."""
        if self.database.value("select to_regclass('pg_catalog.pg_stat_wal')") is None:
            return None
        return float(self.database.value(_AVERAGE_GROWTH) or 0)

    def retention(self) -> Retention:
        """Return `max_slot_wal_keep_size`, which is missing before PostgreSQL 13."""
        size = self.database.value(_SLOT_LIMIT)
        return Retention(None if size is None else int(size), None)

    def _exists(self, slot: str) -> bool:
        return bool(self.database.value(_EXISTS, slot=slot))
