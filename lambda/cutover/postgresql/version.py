"""The version of a PostgreSQL server."""

from database.postgresql import Database

_MAJOR_VERSION = "select current_setting('server_version_num')::int / 10000"


def major_version(database: Database) -> int:
    """Return the major version."""
    return int(database.value(_MAJOR_VERSION))
