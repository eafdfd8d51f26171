"""Administrative sessions by engine."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from cutover import mysql, postgresql
from cutover.engine import DatabaseAdmin
from database.address import Address
from database.secrets import Login
from database.tls import TlsConfig

_ENGINES: Mapping[str, Callable[[Address, Login, TlsConfig, float], AbstractContextManager[DatabaseAdmin]]] = {
    "postgres": postgresql.admin_session,
    "mysql": mysql.admin_session,
}


def open_admin_session(
    engine: str, address: Address, login: Login, tls: TlsConfig, timeout: float
) -> AbstractContextManager[DatabaseAdmin]:
    """Open an administrative session; `timeout` bounds each statement, in seconds."""
    return _ENGINES[engine](address, login, tls, timeout)
