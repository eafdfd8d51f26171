"""Connection of payment code to the writer: one side of a migration, or the only database.

Environment: TARGET_SECRET and, while there is a source, SOURCE_SECRET (logins of the application role, with host, port
and dbname); then also PARAMETER_PREFIX (`/writer` is read below it). And that of `database.tls`.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from common import clients
from common.cache import Cached
from common.parameters import Parameters, Writer
from common.settings import Variables
from database.address import Address, parse_address
from database.postgresql import Database, connect
from database.secrets import Login, parse_login, read, region_of
from database.tls import TlsConfig, parse_tls_config
from payments.writer import WriterDatabase

WRITER_YOUNG = 1.0
"""Seconds that the name of the writer is believed."""

WRITER_KEPT = 30.0
"""Seconds that it serves on while Parameter Store does not answer (it throttles at 40 calls a second by default)."""

STATEMENT = 4.0
"""Seconds of a statement, at most; the network may take five more, twice at worst: inside the API's 29 seconds."""


@dataclass(frozen=True)
class Sides:
    """Where the logins are, and their TLS."""

    secrets: Mapping[Writer, str]
    tls: TlsConfig


def parse_sides(variables: Variables) -> Sides:
    """Read the environment."""
    secrets = {Writer.TARGET: variables.required("TARGET_SECRET")}
    if source := variables.optional("SOURCE_SECRET"):
        secrets[Writer.SOURCE] = source
    return Sides(secrets, parse_tls_config(variables))


def writer_database(sides: Sides, parameters: Parameters) -> WriterDatabase:
    """Give the way to the side that takes writes; without a source that is always the target."""
    logins = _Logins(sides)
    current: Callable[[], Writer] = parameters.writer if Writer.SOURCE in sides.secrets else lambda: Writer.TARGET
    return WriterDatabase(Cached(current, WRITER_YOUNG, WRITER_KEPT, time.time), logins.connect, logins.forget)


class _Logins:
    """The logins, read when they are first needed and again when one is refused."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._known: dict[Writer, tuple[Address, Login]] = {}

    @contextmanager
    def connect(self, writer: Writer) -> Iterator[Database]:
        if writer not in self._known:
            secret = self._sides.secrets[writer]
            value = read(clients.secretsmanager(region_of(secret)), secret)
            self._known[writer] = parse_address(value, f"the secret {secret}"), parse_login(value, secret)
        where, login = self._known[writer]
        with connect(where, login, self._sides.tls, timeout=STATEMENT) as database:
            yield database

    def forget(self, writer: Writer) -> None:
        self._known.pop(writer, None)
