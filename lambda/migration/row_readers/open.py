"""Row reader for the engine of a side."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from database.address import Address
from database.secrets import Login
from database.tls import TlsConfig
from migration.replication import Side
from migration.row_readers import mysql, postgresql
from migration.row_readers.reader import Reader

_READERS: Mapping[str, Callable[[Address, Login, TlsConfig, float], AbstractContextManager[Reader]]] = {
    "postgres": postgresql.open_reader,
    "mysql": mysql.open_reader,
}


def open_reader(side: Side, login: Login, tls: TlsConfig, timeout: float) -> AbstractContextManager[Reader]:
    """Open a read-only session on `side`; `timeout` limits the seconds of each statement."""
    return _READERS[side.engine](side.address, login, tls, timeout)
