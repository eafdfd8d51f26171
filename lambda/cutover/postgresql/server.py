"""A PostgreSQL server."""

from dataclasses import dataclass

from cutover.postgresql.premigration_rules import premigration_rules
from cutover.postgresql.version import major_version
from cutover.premigration_rule import RuleSet
from database.postgresql import Database

_LOCK = 7_089_334_211  # an arbitrary number that no other program locks in these databases
_HOLDS_LOCK = """
select exists (select 1 from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()
  and (classid::bigint << 32 | objid::bigint) = cast(:lock as bigint) and objsubid = 1)
"""
_SIZE = "select sum(pg_database_size(oid)) from pg_database where has_database_privilege(oid, 'connect')"
_LOG_SIZE = "select sum(size) from pg_ls_waldir()"
_MAY_READ_LOG = "select has_function_privilege('pg_ls_waldir()', 'execute')"


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
        return str(major_version(self.database))

    def used_bytes(self) -> int:
        """Return the sizes of all databases, and of the write-ahead log for a member of pg_monitor."""
        log_size = self.database.value(_LOG_SIZE) if self.database.value(_MAY_READ_LOG) else 0
        return int(self.database.value(_SIZE)) + int(log_size)

    def premigration_rules(self) -> RuleSet:
        """Return the rules of `cutover.postgresql.premigration_rules`."""
        return premigration_rules(self.database)
