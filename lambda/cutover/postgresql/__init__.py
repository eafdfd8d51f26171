"""PostgreSQL and Aurora PostgreSQL in the hands of the cutover."""

from collections.abc import Iterator
from contextlib import contextmanager

from cutover.administered import Administered
from cutover.postgresql.accounts import Accounts
from cutover.postgresql.markers import Markers
from cutover.postgresql.schema import Schema
from cutover.postgresql.sequences import Sequences
from cutover.postgresql.server import Server
from cutover.postgresql.slots import Slots
from database.address import Address
from database.postgresql import connect
from database.secrets import Login
from database.tls import TlsConfig


@contextmanager
def administer(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator[Administered]:
    """A session of an administrator; `timeout` (seconds) bounds each statement."""
    with connect(address, login, tls, timeout=timeout) as database:
        yield Administered(
            accounts=Accounts(database),
            markers=Markers(database),
            changes=Slots(database),
            counters=Sequences(database),
            schema=Schema(database),
            server=Server(database),
        )
