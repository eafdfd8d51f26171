"""Sessions on PostgreSQL, whose errors are those of a task."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pg8000.exceptions
import pg8000.native

from local_aws.dms_data_plane.endpoints import EndpointSettings
from local_aws.dms_data_plane.errors import ConnectionLost, FatalError

_STATEMENT_SECONDS = 60
# SQLSTATE: connection errors, shutdowns, too many sessions, deadlocks, lock and serialization failures.
_RECOVERABLE = ("08", "57P", "53300", "40", "55P03", "55006")
_LOGIN_REFUSED = ("28",)


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
