"""A PostgreSQL server."""

from dataclasses import dataclass

from database.postgresql import Database

_LOCK = 7_089_334_211  # an arbitrary number that no other program locks in these databases
_HOLDS_LOCK = """
select exists (select 1 from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()
  and (classid::bigint << 32 | objid::bigint) = cast(:lock as bigint) and objsubid = 1)
"""
_MAJOR_VERSION = "select current_setting('server_version_num')::int / 10000"


@dataclass(frozen=True)
class Server:
    """Implements `cutover.engine.Server`."""

    database: Database

    def try_lock(self) -> bool:
        """Take an advisory lock."""
        return bool(self.database.value("select pg_try_advisory_lock(cast(:lock as bigint))", lock=_LOCK))

    def holds_lock(self) -> bool:
        """Return whether this session holds the advisory lock."""
        return bool(self.database.value(_HOLDS_LOCK, lock=_LOCK))

    def product(self) -> str:
        """Return `PostgreSQL`."""
        return "PostgreSQL"

    def version(self) -> str:
        """Return the major version."""
        return str(self.database.value(_MAJOR_VERSION))
