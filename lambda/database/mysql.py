"""MySQL, Aurora MySQL and MariaDB by PyMySQL: verify-full TLS, bounded waits, and errors without row values.

with connect(address, login, tls) as database:
    database.rows("select count(*) from orders where id > %s", 7)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.cursors import DictCursor

from common.errors import DatabaseFailure
from database.address import Address
from database.secrets import Login
from database.tls import TlsConfig, ssl_context

_NETWORK = 10  # seconds of connecting
_LOST = frozenset({2003, 2006, 2013})  # cannot connect, gone away, lost

# MySQL's own SQLSTATE says little.
_STATES = {
    **dict.fromkeys((1045, 1044), "28P01"),  # wrong password or user, no right on the database
    **dict.fromkeys((3118, 4151), "28000"),  # account locked: MySQL's number and MariaDB's
    **dict.fromkeys((1205, 1969, 3024), "57014"),  # lock wait, MariaDB's and MySQL's limits of a statement
    1094: "42704",  # there is no such thread
}

# One statement is one snapshot in any isolation; this one keeps none of them open. The variable that holds it has
# another name in MariaDB, and in MySQL before 5.7.20.
_ISOLATION = "set session transaction isolation level read committed"

# Text forms must not depend on a server's or a user's defaults.
_SESSION = """
set session time_zone = '+00:00', session sql_mode = '', session lock_wait_timeout = %s,
  session innodb_lock_wait_timeout = %s, session {} = %s
"""


@dataclass(frozen=True)
class Session:
    """One session; every statement is its own transaction."""

    connection: "pymysql.Connection[Any]"
    version: str

    @property
    def is_mariadb(self) -> bool:
        """Whether it is MariaDB, which keeps accounts elsewhere."""
        return "MariaDB" in self.version

    @property
    def is_old(self) -> bool:
        """Whether it is MySQL before 8, without roles."""
        return not self.is_mariadb and self.version.startswith("5.")

    def value(self, sql: str, *parameters: Any) -> Any:
        """The first column of the first row, or None when there is none."""
        found = self.rows(sql, *parameters)
        return found[0][0] if found else None

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run `sql` (`%s` marks a parameter, `%%` is a per cent sign) and return its rows."""
        with _without_values(), self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def estimate(self, explained: str, *parameters: Any) -> int:
        """How many rows the optimizer expects of an EXPLAIN of one table; 0 where it knows that there are none."""
        with _without_values(), self.connection.cursor(DictCursor) as cursor:
            cursor.execute(explained, parameters)
            row = cursor.fetchone()
            return int((row or {}).get("rows") or 0)


@contextmanager
def connect(address: Address, login: Login, tls: TlsConfig, *, timeout: float = 30) -> Iterator[Session]:
    """A session on `address`, closed at the end; `timeout` (seconds) bounds each query, the network five more.

    Where the address names no database, it is in none. MySQL itself limits reading statements alone; any other is given
    up when the network's time is over.
    """
    with _without_values():
        connection = pymysql.connect(
            host=address.host,
            port=address.port,
            user=login.username,
            password=login.password,
            database=address.dbname,
            charset="utf8mb4",
            ssl=ssl_context(tls),
            connect_timeout=_NETWORK,
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


def identifier(name: str) -> str:
    """`name` quoted as an identifier; PyMySQL reads a per cent sign as the mark of a parameter."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


@contextmanager
def _without_values() -> Iterator[None]:
    """Tell the error's number alone: its text may quote the statement, and so a value."""
    try:
        yield
    except pymysql.err.Error as error:
        number = error.args[0] if error.args else 0
        if number in _LOST:
            raise DatabaseFailure("08006", f"the connection failed (MySQL error {number})") from None
        raise DatabaseFailure(
            _STATES.get(number, "HY000"), f"the statement was refused (MySQL error {number})"
        ) from None
    except OSError as error:
        raise DatabaseFailure("08006", f"the connection failed: {type(error).__name__}") from None
