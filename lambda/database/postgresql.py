"""PostgreSQL with pg8000: verify-full TLS, timeouts, and errors without row values.

with connect(address, login, tls) as database:
    database.rows("select count(*) from orders where id > :id", id=7)
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import pg8000.exceptions
import pg8000.native

from common.errors import DatabaseFailure
from database.address import Address
from database.global_database import open_on_writer
from database.secrets import Login
from database.tls import TlsConfig, ssl_context

Row: TypeAlias = list[Any]

# Classes of SQLSTATE whose messages name objects, users and servers only. A message of another class may quote a value
# ("invalid input syntax for …", "Key (pan)=(…) already exists"), and is omitted.
_MESSAGES_WITHOUT_VALUES = frozenset({"08", "28", "3D", "3F", "42", "53", "55", "57", "58"})

# Text forms of values must not depend on defaults of a server or user. A commit must be on disk. Keepalives end the
# session of a function that was killed, and so release its locks.
_SESSION = "; ".join(
    [
        "set statement_timeout = {timeout}",
        "set lock_timeout = {timeout}",
        "set timezone = 'UTC'",
        "set datestyle = 'ISO, YMD'",
        "set intervalstyle = 'iso_8601'",
        "set extra_float_digits = 3",
        "set bytea_output = 'hex'",
        "set lc_monetary = 'C'",
        "set synchronous_commit = on",
        "set tcp_keepalives_idle = 5",
        "set tcp_keepalives_interval = 5",
        "set tcp_keepalives_count = 3",
    ]
)


@dataclass(frozen=True)
class Database:
    """Session; every statement outside of `transaction` is a transaction."""

    connection: pg8000.native.Connection

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """Run `sql` (`:name` is a parameter) and return its rows."""
        with _without_values():
            return list(self.connection.run(sql, **parameters) or [])

    def value(self, sql: str, **parameters: Any) -> Any:
        """Return the first column of the first row, None without rows."""
        found = self.rows(sql, **parameters)
        return found[0][0] if found else None

    def run(self, sql: str, **parameters: Any) -> int:
        """Run `sql` and return the number of affected rows (-1 for a statement without one)."""
        with _without_values():
            self.connection.run(sql, **parameters)
            return int(self.connection.row_count)

    def accepts_writes(self) -> bool:
        """Return whether the server accepts writes; a reader, or a secondary cluster, does not."""
        return bool(self.value("select current_setting('transaction_read_only')") == "off")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the statements inside as one transaction."""
        self.run("begin")
        try:
            yield
        except BaseException:
            self.run("rollback")
            raise
        self.run("commit")


@contextmanager
def connect(address: Address, login: Login, tls: TlsConfig, *, timeout: float = 30) -> Iterator[Database]:
    """Open a session on `address`; raise `DatabaseFailure` without a connection, a valid certificate or a login.

    `timeout` limits the seconds of each statement, and the network five seconds more. With several hosts, the session
    is on the one that accepts writes.
    """

    def open_session(single: Address) -> AbstractContextManager[Database]:
        return _open(single, login, tls, timeout)

    with open_on_writer(address, open_session, Database.accepts_writes) as database:
        yield database


def identifier(name: str) -> str:
    """Return `name` quoted as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return `text` quoted as a literal, for statements without parameters, such as ALTER ROLE."""
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{quoted}'" if "\\" in text else f"'{quoted}'"


@contextmanager
def _open(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator[Database]:
    with _without_values():
        connection = pg8000.native.Connection(
            login.username,
            host=address.host,
            port=address.port,
            database=address.dbname,
            password=login.password,
            ssl_context=ssl_context(tls) or False,  # with None the driver tries TLS first
            timeout=timeout + 5,
            application_name="paymig",
        )
    try:
        database = Database(connection)
        database.run(_SESSION.format(timeout=int(timeout * 1000)))
        yield database
    finally:
        _close(connection.close)


@contextmanager
def _without_values() -> Iterator[None]:
    try:
        yield
    except pg8000.exceptions.DatabaseError as error:
        raise _failure(error.args[0] if error.args else None) from None
    except (pg8000.exceptions.InterfaceError, OSError) as error:
        raise DatabaseFailure("08006", f"the connection failed: {type(error).__name__}: {error}") from None


def _failure(response: object) -> DatabaseFailure:
    match response:
        case {"C": str(sqlstate), "M": str(message)} if sqlstate[:2] in _MESSAGES_WITHOUT_VALUES:
            return DatabaseFailure(sqlstate, message)
        case {"C": str(sqlstate)}:
            return DatabaseFailure(sqlstate, "the statement failed")
        case _:
            return DatabaseFailure("XX000", "the statement failed")


def _close(close: Callable[[], None]) -> None:
    try:
        close()
    except (pg8000.exceptions.Error, OSError):
        return  # the server closed the connection already
