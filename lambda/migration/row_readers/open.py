"""Opening a reader of whatever make a side is."""

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
    """A session on `side` that cannot write; `timeout` (seconds) bounds each statement."""
    return _READERS[side.engine](side.address, login, tls, timeout)
