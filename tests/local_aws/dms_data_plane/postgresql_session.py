"""Sessions on PostgreSQL, whose errors are those of a task."""

import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pg8000.exceptions
import pg8000.native

from local_aws.dms_data_plane.changes import Row, TableName
from local_aws.dms_data_plane.endpoints import EndpointSettings
from local_aws.dms_data_plane.errors import ConnectionLost, FatalError

_COLUMNS = """
select attname::text from pg_attribute
where attrelid = cast(:table as regclass) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
"""
_KEY = """
select a.attname::text from pg_index i
cross join unnest(i.indkey::int2[]) with ordinality k (attnum, n)
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
where i.indrelid = cast(:table as regclass) and i.indisprimary order by k.n
"""
_STATEMENT_SECONDS = 60
# SQLSTATE: connection errors, shutdowns, too many sessions, deadlocks, lock and serialization failures.
_RECOVERABLE = ("08", "57P", "53300", "40", "55P03", "55006")
_LOGIN_REFUSED = ("28",)


@dataclass
class PostgreSqlSession(ABC):
    """The session of a source or a target, which its first use opens."""

    endpoint: EndpointSettings
    _session: pg8000.native.Connection | None = field(default=None, init=False)
    _keys: dict[TableName, tuple[str, ...]] = field(default_factory=dict, init=False)

    @abstractmethod
    def connect(self) -> None:
        """Open the session for the other operations."""

    def log_in(self) -> None:
        """Open and close a session."""
        connect(self.endpoint).close()

    def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            with suppress(Exception):  # the session may be lost already
                self._session.close()
        self._session = None

    def key(self, table: TableName) -> tuple[str, ...]:
        """Return the columns of the primary key."""
        if table not in self._keys:
            self._keys[table] = tuple(row[0] for row in self._run(_KEY, table=quoted(*table)))
        return self._keys[table]

    def rows(self, table: TableName) -> Iterator[Row]:
        """Return the rows of a table as texts."""
        names = [row[0] for row in self._run(_COLUMNS, table=quoted(*table))]
        texts = ", ".join(f"{quoted(name)}::text" for name in names)
        for values in self._run(f"select {texts} from {quoted(*table)}"):
            yield dict(zip(names, values, strict=True))

    @property
    def _open(self) -> pg8000.native.Connection:
        if self._session is None:
            self.connect()
        assert self._session is not None
        return self._session

    def _run(self, sql: str, **parameters: Any) -> list[list[Any]]:
        with recoverable(self.endpoint):
            return self._open.run(sql, **parameters) or []


def connect(endpoint: EndpointSettings, **options: Any) -> pg8000.native.Connection:
    """Open a session; raise `FatalError` if the login is refused, and `ConnectionLost` if the server is away."""
    with recoverable(endpoint):
        return pg8000.native.Connection(
            endpoint.user,
            host=endpoint.address.host,
            port=endpoint.address.port,
            database=endpoint.database,
            password=endpoint.password,
            ssl_context=endpoint.tls_context() or False,
            timeout=_STATEMENT_SECONDS,
            application_name="dms",
            **options,
        )


@contextmanager
def recoverable(endpoint: EndpointSettings) -> Iterator[None]:
    """Convert the loss of a connection to `ConnectionLost`, and a refused login to `FatalError`."""
    try:
        yield
    except pg8000.exceptions.DatabaseError as error:
        code = sqlstate(error)
        if code.startswith(_RECOVERABLE):
            raise ConnectionLost(f"{endpoint.server}: {message(error)}") from None
        if code.startswith(_LOGIN_REFUSED):
            raise FatalError(f"{endpoint.identifier}: {message(error)}") from None
        raise
    except (pg8000.exceptions.InterfaceError, OSError, struct.error) as error:
        raise ConnectionLost(f"{endpoint.server}: {error}") from None


def sqlstate(error: pg8000.exceptions.DatabaseError) -> str:
    """Return the SQLSTATE of an error."""
    return str(error.args[0].get("C", "")) if error.args and isinstance(error.args[0], dict) else ""


def message(error: pg8000.exceptions.DatabaseError) -> str:
    """Return the primary message of an error."""
    return str(error.args[0].get("M", "")) if error.args and isinstance(error.args[0], dict) else str(error)


def quoted(*names: str) -> str:
    """Return a quoted identifier."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
