"""Settings of the connection to the writer: one side of a migration, or the only database.

Environment: TARGET_SECRET and, while there is a source, SOURCE_SECRET (logins of the application role, with host, port
and dbname); TARGET_HOSTS (hosts of a global database's clusters, instead of the secret's); with a source also
PARAMETER_PREFIX (`/writer` is read below it). And the variables of `database.tls`.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from common import clients
from common.cache import Cached
from common.parameters import Parameters, Writer
from common.settings import Variables
from database.address import Address, parse_address
from database.postgresql import Database, connect
from database.secrets import Login, parse_login, read, region_of
from database.tls import TlsConfig, parse_tls_config
from payments.writer import WriterConnection

WRITER_TTL: Final = 1.0
"""Seconds between two reads of the parameter `writer`."""

WRITER_MAX_STALE: Final = 30.0
"""Seconds that its last value is used while Parameter Store throttles (by default at 40 calls a second)."""

STATEMENT_TIMEOUT: Final = 4.0
"""Seconds per statement. The network may add five, at worst twice: less than the API's 29 seconds."""


@dataclass(frozen=True)
class WriterSettings:
    """Secrets of the sides that can be the writer, hosts of a global database, and the TLS settings of both sides."""

    secrets: Mapping[Writer, str]
    target_hosts: tuple[str, ...]
    tls: TlsConfig


def parse_writer_settings(variables: Variables) -> WriterSettings:
    """Return the settings of the environment."""
    secrets = {Writer.TARGET: variables.required("TARGET_SECRET")}
    if source := variables.optional("SOURCE_SECRET"):
        secrets[Writer.SOURCE] = source
    return WriterSettings(secrets, variables.string_list("TARGET_HOSTS"), parse_tls_config(variables))


def connect_to_writer(settings: WriterSettings, parameters: Parameters) -> WriterConnection:
    """Return the connection to the writer; without a source that is always the target."""
    logins = _LoginCache(settings)
    read_writer: Callable[[], Writer] = (
        parameters.writer if Writer.SOURCE in settings.secrets else lambda: Writer.TARGET
    )
    return WriterConnection(
        Cached(read_writer, WRITER_TTL, WRITER_MAX_STALE, time.time), logins.connect, logins.invalidate
    )


class _LoginCache:
    """Logins, read at first use and again after the database rejected one."""

    def __init__(self, settings: WriterSettings) -> None:
        self._settings = settings
        self._logins: dict[Writer, tuple[Address, Login]] = {}

    @contextmanager
    def connect(self, writer: Writer) -> Iterator[Database]:
        if writer not in self._logins:
            secret = self._settings.secrets[writer]
            value = read(clients.secretsmanager(region_of(secret)), secret)
            hosts = self._settings.target_hosts if writer is Writer.TARGET else ()
            address = parse_address(value, f"the secret {secret}").with_hosts(hosts)
            self._logins[writer] = address, parse_login(value, secret)
        address, login = self._logins[writer]
        with connect(address, login, self._settings.tls, timeout=STATEMENT_TIMEOUT) as database:
            yield database

    def invalidate(self, writer: Writer) -> None:
        self._logins.pop(writer, None)
