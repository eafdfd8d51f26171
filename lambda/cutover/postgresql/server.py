"""A PostgreSQL server."""

from dataclasses import dataclass

from database.postgresql import Database

_LOCK = 7_089_334_211  # any number that nothing else in these databases locks
_MAJOR = "select current_setting('server_version_num')::int / 10000"


@dataclass(frozen=True)
class Server:
    """See `cutover.administered.Server`."""

    database: Database

    def try_lock(self) -> bool:
        """See the protocol."""
        return bool(self.database.value("select pg_try_advisory_lock(cast(:lock as bigint))", lock=_LOCK))

    def product(self) -> str:
        """See the protocol."""
        return "PostgreSQL"

    def version(self) -> str:
        """See the protocol."""
        return str(self.database.value(_MAJOR))
