"""Logical replication slots: where a task starts, and what fills a disk when it is forgotten."""

from common import log
from common.database import Database
from cutover.marker import TABLE

PLUGIN = "test_decoding"  # DMS's default for PostgreSQL sources; needs no extension


def exists(database: Database, slot: str) -> bool:
    """Whether this database has a slot of that name."""
    return bool(
        database.value(
            "select count(*) from pg_replication_slots where slot_name = :slot and database = current_database()",
            slot=slot,
        )
    )


def create(database: Database, slot: str) -> str:
    """Make `slot` anew and return its LSN; a slot of that name is a leftover and goes."""
    drop(database, slot)
    return str(
        database.value(
            "select lsn::text from pg_create_logical_replication_slot(cast(:slot as name), cast(:plugin as name))",
            slot=slot,
            plugin=PLUGIN,
        )
    )


def drop(database: Database, slot: str) -> None:
    """Drop `slot` where it exists; it must not be in use."""
    if exists(database, slot):
        database.run("select pg_drop_replication_slot(cast(:slot as name))", slot=slot)
        log.info("slot-dropped", slot=slot)


def in_use_by(database: Database, users: tuple[str, ...]) -> list[str]:
    """The slots that sessions of `users` read from now: DMS names its own slots itself."""
    rows = database.rows(
        "select s.slot_name::text from pg_replication_slots s join pg_stat_activity a on a.pid = s.active_pid"
        " where s.database = current_database() and a.usename = any(cast(:users as text[])) order by 1",
        users=list(users),
    )
    return [row[0] for row in rows]


def has_changes(database: Database, slot: str) -> bool:
    """Whether rows were written since `slot` was made, the migration's own tables aside."""
    return bool(
        database.value(
            "select count(*) from pg_logical_slot_peek_changes(cast(:slot as name), null, 1000, 'include-xids', '0')"
            f" where data like 'table %' and data not like 'table public.{TABLE}:%' and data !~ '^table \\S*awsdms_'",
            slot=slot,
        )
    )
