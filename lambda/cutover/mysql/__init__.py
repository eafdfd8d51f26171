"""MySQL, Aurora MySQL and MariaDB in the hands of the cutover."""

from collections.abc import Iterator
from contextlib import contextmanager

from cutover.administered import Administered
from cutover.mysql.accounts import Accounts
from cutover.mysql.binlog import BinaryLog
from cutover.mysql.counters import Counters
from cutover.mysql.markers import Markers
from cutover.mysql.schema import Schema
from cutover.mysql.server import Server
from database.address import Address
from database.mysql import connect
from database.secrets import Login
from database.tls import TlsConfig

_IDLE = 120  # seconds; no step leaves a session alone for longer


@contextmanager
def administer(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator[Administered]:
    """A session of an administrator, with the `timeout` (seconds) of `database.mysql`."""
    with connect(address, login, tls, timeout=timeout) as session:
        # A function that is gone must not hold its locks for hours.
        session.rows("set session wait_timeout = %s", _IDLE)
        yield Administered(
            accounts=Accounts(session),
            markers=Markers(session),
            changes=BinaryLog(session),
            counters=Counters(session),
            schema=Schema(session),
            server=Server(session),
        )
