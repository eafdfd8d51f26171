"""MySQL, Aurora MySQL and MariaDB with PyMySQL: verify-full TLS, timeouts, and errors without row values.

with connect(address, login, tls) as database:
    database.rows("select count(*) from orders where id > %s", 7)
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.cursors import DictCursor

from common.errors import DatabaseFailure
from database.address import Address
from database.global_database import open_on_writer
from database.secrets import Login
from database.tls import TlsConfig, ssl_context

_CONNECT_TIMEOUT_SECONDS = 10
_CONNECTION_ERRORS = frozenset({2003, 2006, 2013})  # cannot connect, server has gone away, lost connection

# SQLSTATE by error number. MySQL itself returns HY000 for most of them.
_SQLSTATES = {
    **dict.fromkeys((1045, 1044), "28P01"),  # wrong password or user, no privilege on the database
    **dict.fromkeys((3118, 4151), "28000"),  # account locked, on MySQL and on MariaDB
    **dict.fromkeys((1205, 1969, 3024), "57014"),  # lock wait timeout; statement timeout of MariaDB and of MySQL
    1094: "42704",  # unknown thread id
}

# Every isolation level reads a snapshot per statement; this one keeps none open between statements. The statement is
# portable: the variable has another name in MariaDB, and in MySQL before 5.7.20.
_ISOLATION = "set session transaction isolation level read committed"

# Text forms must not depend on a server's or a user's defaults.
_SESSION = """
set session time_zone = '+00:00', session sql_mode = '', session lock_wait_timeout = %s,
  session innodb_lock_wait_timeout = %s, session {} = %s
"""


@dataclass(frozen=True)
class Session:
    """Session; every statement is a transaction."""

    connection: "pymysql.Connection[Any]"
    version: str

    @property
    def is_mariadb(self) -> bool:
        """Whether the server is MariaDB, which stores accounts in other tables."""
        return "MariaDB" in self.version

    @property
    def is_old(self) -> bool:
        """Whether the server is MySQL before 8, which has no roles."""
        return not self.is_mariadb and self.version.startswith("5.")

    def value(self, sql: str, *parameters: Any) -> Any:
        """Return the first column of the first row, None without rows."""
        found = self.rows(sql, *parameters)
        return found[0][0] if found else None

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run `sql` (`%s` is a parameter, `%%` a percent sign) and return its rows."""
        with _without_values(), self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def accepts_writes(self) -> bool:
        """Return whether the server accepts writes; a reader, or a secondary cluster, does not."""
        return bool(self.value("select @@global.innodb_read_only = 0 and @@global.read_only = 0"))

    def estimate(self, explained: str, *parameters: Any) -> int:
        """Return the rows that the optimizer estimates, in an EXPLAIN of one table."""
        with _without_values(), self.connection.cursor(DictCursor) as cursor:
            cursor.execute(explained, parameters)
            row = cursor.fetchone()
            return int((row or {}).get("rows") or 0)


@contextmanager
def connect(address: Address, login: Login, tls: TlsConfig, *, timeout: float = 30) -> Iterator[Session]:
    """Open a session on `address`, without a default database if the address has none.

    `timeout` limits the seconds of each statement, and the network five seconds more. MySQL limits SELECT only; other
    statements end with the network timeout. With several hosts, the session is on the one that accepts writes.
    """

    def open_session(single: Address) -> AbstractContextManager[Session]:
        return _open(single, login, tls, timeout)

    with open_on_writer(address, open_session, Session.accepts_writes) as session:
        yield session


def identifier(name: str) -> str:
    """Return `name` quoted as an identifier; PyMySQL parses a percent sign as a parameter, so it is doubled."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


@contextmanager
def _open(address: Address, login: Login, tls: TlsConfig, timeout: float) -> Iterator[Session]:
    context = ssl_context(tls)
    with _without_values():
        connection = pymysql.connect(
            host=address.host,
            port=address.port,
            user=login.username,
            password=login.password,
            database=address.dbname,
            charset="utf8mb4",
            ssl=context,
            ssl_disabled=context is None,
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            read_timeout=timeout + 5,
            write_timeout=timeout + 5,
            autocommit=True,
            program_name="paymig",
        )
    with connection:
        session = Session(connection, str(Session(connection, "").value("select version()")))
        session.rows(_ISOLATION)
        wait = max(1, int(timeout))
        limit = ("max_statement_time", timeout) if session.is_mariadb else ("max_execution_time", int(timeout * 1000))
        session.rows(_SESSION.format(limit[0]), wait, wait, limit[1])
        yield session


@contextmanager
def _without_values() -> Iterator[None]:
    """Raise errors with their number only: their text may quote the statement, and so a value."""
    try:
        yield
    except pymysql.err.Error as error:
        number = error.args[0] if error.args else 0
        if number in _CONNECTION_ERRORS:
            raise DatabaseFailure("08006", f"the connection failed (MySQL error {number})") from None
        raise DatabaseFailure(_SQLSTATES.get(number, "HY000"), f"the statement failed (MySQL error {number})") from None
    except OSError as error:
        raise DatabaseFailure("08006", f"the connection failed: {type(error).__name__}") from None
