"""Administrative sessions of MySQL, Aurora MySQL and MariaDB."""

from collections.abc import Iterator
from contextlib import contextmanager

from cutover.engine import DatabaseAdmin
from cutover.mysql.accounts import Accounts
from cutover.mysql.auto_increment import AutoIncrement
from cutover.mysql.binlog import BinaryLog
from cutover.mysql.environments import Environments
from cutover.mysql.markers import Markers
from cutover.mysql.schema import Schema
from cutover.mysql.server import Server
from database.address import Address
from database.mysql import connect
from database.secrets import Login
from database.tls import TlsConfig

_IDLE_SECONDS = 120  # no step leaves a session idle for longer


@contextmanager
def admin_session(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator[DatabaseAdmin]:
    """Open an administrative session; `timeout` is that of `database.mysql.connect`."""
    with connect(address, login, tls, timeout=timeout) as session:
        # The session of a function that died must not hold its locks for hours.
        session.rows("set session wait_timeout = %s", _IDLE_SECONDS)
        yield DatabaseAdmin(
            accounts=Accounts(session),
            markers=Markers(session),
            environments=Environments(session),
            changes=BinaryLog(session),
            sequences=AutoIncrement(session),
            schema=Schema(session),
            server=Server(session),
        )
