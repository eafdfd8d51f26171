"""Sessions on MySQL and MariaDB, whose errors are those of a task."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pymysql
from pymysql.constants import CR, ER

from local_aws.dms_data_plane.changes import Row, TableName
from local_aws.dms_data_plane.endpoints import EndpointSettings
from local_aws.dms_data_plane.errors import ConnectionLost, FatalError

_KEY = """
select column_name from information_schema.key_column_usage
where table_schema = %s and table_name = %s and constraint_name = 'PRIMARY' order by ordinal_position
"""
_COLUMNS = """
select column_name from information_schema.columns
where table_schema = %s and table_name = %s and extra not like '%%GENERATED%%' order by ordinal_position
"""
_STATEMENT_SECONDS = 60
_CONNECTION_KILLED = 1927  # of MariaDB
_LOGIN_REFUSED = (ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, 4_151, 3_118)  # the last ones: a locked account
_RECOVERABLE = (
    *(CR.CR_CONN_HOST_ERROR, CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, CR.CR_SERVER_LOST_EXTENDED),
    *(ER.SERVER_SHUTDOWN, ER.CON_COUNT_ERROR, ER.LOCK_DEADLOCK, ER.LOCK_WAIT_TIMEOUT, _CONNECTION_KILLED),
    *(ER.NET_READ_ERROR, ER.NET_READ_INTERRUPTED, ER.NET_ERROR_ON_WRITE, ER.NET_WRITE_INTERRUPTED),
)


@dataclass
class MySqlSession(ABC):
    """The session of a source or a target, which its first use opens."""

    endpoint: EndpointSettings
    _session: "pymysql.Connection[Any] | None" = field(default=None, init=False)
    _keys: dict[TableName, tuple[str, ...]] = field(default_factory=dict, init=False)

    @abstractmethod
    def connect(self) -> None:
        """Open the session for the other operations."""

    def log_in(self) -> None:
        """Open and close a session."""
        connect(self.endpoint).close()

    def close(self) -> None:
        """Close the session."""
        if self._session is not None and self._session.open:
            self._session.close()
        self._session = None

    def key(self, table: TableName) -> tuple[str, ...]:
        """Return the columns of the primary key."""
        if table not in self._keys:
            self._keys[table] = tuple(row[0] for row in self._run(_KEY, *table))
        return self._keys[table]

    def rows(self, table: TableName) -> Iterator[Row]:
        """Return the rows of a table."""
        names = [row[0] for row in self._run(_COLUMNS, *table)]
        for values in self._run(f"select {', '.join(map(quoted, names))} from {quoted(*table)}"):
            yield dict(zip(names, values, strict=True))

    @property
    def _open(self) -> "pymysql.Connection[Any]":
        if self._session is None:
            self.connect()
        assert self._session is not None
        return self._session

    def _run(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with recoverable(self.endpoint), self._open.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())


def arguments(endpoint: EndpointSettings) -> dict[str, Any]:
    """Return the arguments of a connection."""
    context = endpoint.tls_context()
    return {
        "host": endpoint.address.host,
        "port": endpoint.address.port,
        "user": endpoint.user,
        "password": endpoint.password,
        "connect_timeout": _STATEMENT_SECONDS,
        **({"ssl": context} if context else {"ssl_disabled": True}),
    }


def connect(endpoint: EndpointSettings, **options: Any) -> "pymysql.Connection[Any]":
    """Open a session; raise `FatalError` if the login is refused, and `ConnectionLost` if the server is away."""
    with recoverable(endpoint):
        return pymysql.connect(
            **arguments(endpoint), read_timeout=_STATEMENT_SECONDS, write_timeout=_STATEMENT_SECONDS, **options
        )


@contextmanager
def recoverable(endpoint: EndpointSettings) -> Iterator[None]:
    """Convert the loss of a connection to `ConnectionLost`, and a refused login to `FatalError`."""
    try:
        yield
    except pymysql.err.InterfaceError as error:
        raise ConnectionLost(f"{endpoint.server}: {error}") from None
    except pymysql.err.MySQLError as error:
        if code(error) in _RECOVERABLE:
            raise ConnectionLost(f"{endpoint.server}: {message(error)}") from None
        if code(error) in _LOGIN_REFUSED:
            raise FatalError(f"{endpoint.identifier}: {message(error)}") from None
        raise
    except OSError as error:
        raise ConnectionLost(f"{endpoint.server}: {error}") from None


def code(error: pymysql.err.MySQLError) -> int:
    """Return the number of an error."""
    return int(error.args[0]) if error.args and isinstance(error.args[0], int) else 0


def message(error: pymysql.err.MySQLError) -> str:
    """Return the message of an error."""
    return str(error.args[1]) if len(error.args) > 1 else str(error)


def quoted(*names: str) -> str:
    """Return a quoted identifier."""
    return ".".join("`" + name.replace("`", "``") + "`" for name in names)
