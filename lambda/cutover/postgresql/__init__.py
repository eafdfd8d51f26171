"""Administrative sessions of PostgreSQL and Aurora PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from cutover.engine import DatabaseAdmin
from cutover.postgresql.accounts import Accounts
from cutover.postgresql.environments import Environments
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
def admin_session(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator[DatabaseAdmin]:
    """Open an administrative session; `timeout` bounds each statement, in seconds."""
    with connect(address, login, tls, timeout=timeout) as database:
        yield DatabaseAdmin(
            accounts=Accounts(database),
            markers=Markers(database),
            environments=Environments(database),
            changes=Slots(database),
            sequences=Sequences(database),
            schema=Schema(database),
            server=Server(database),
        )
