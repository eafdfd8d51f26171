"""Sessions on MySQL and MariaDB, whose errors are those of a task."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.constants import CR, ER

from local_aws.dms_data_plane.endpoints import EndpointSettings
from local_aws.dms_data_plane.errors import ConnectionLost, FatalError

_STATEMENT_SECONDS = 60
_CONNECTION_KILLED = 1927  # of MariaDB
_LOGIN_REFUSED = (ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, 4_151, 3_118)  # the last ones: a locked account
_RECOVERABLE = (
    *(CR.CR_CONN_HOST_ERROR, CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, CR.CR_SERVER_LOST_EXTENDED),
    *(ER.SERVER_SHUTDOWN, ER.CON_COUNT_ERROR, ER.LOCK_DEADLOCK, ER.LOCK_WAIT_TIMEOUT, _CONNECTION_KILLED),
    *(ER.NET_READ_ERROR, ER.NET_READ_INTERRUPTED, ER.NET_ERROR_ON_WRITE, ER.NET_WRITE_INTERRUPTED),
)


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
