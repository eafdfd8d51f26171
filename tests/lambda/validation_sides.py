"""Readers on the tests' own servers, and tables cut and read as the validation does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mariadb
import postgres
from common.secrets import Login
from common.settings import Address, Tls, Trust
from validation import mysql, postgresql
from validation.reader import Reader, hashing
from validation.shape import Key, Range, Shape, View, agree

_PLAIN = Trust(Tls.OFF, Path())


@contextmanager
def postgresql_reader(server: postgres.Server, dbname: str = "postgres") -> Iterator[Reader]:
    """A reader on a PostgreSQL server."""
    address = Address("127.0.0.1", server.port, dbname)
    with postgresql.open_reader(address, Login("postgres", postgres.PASSWORD), _PLAIN, 60) as reader:
        yield reader


@contextmanager
def mysql_reader(server: mariadb.Server, dbname: str = "mysql") -> Iterator[Reader]:
    """A reader on a MariaDB server."""
    address = Address("127.0.0.1", server.port, dbname)
    with mysql.open_reader(address, Login("admin", mariadb.PASSWORD), _PLAIN, 60) as reader:
        yield reader


def views(source: Reader, target: Reader, here: Shape, there: Shape) -> tuple[View, View]:
    """How both sides read a table."""
    return agree(here, there, source.make == target.make, hashing(source, target))


def spans(bounds: list[Key]) -> list[Range]:
    """The ranges between bounds."""
    ends: list[Key | None] = [None, *bounds, None]
    return [Range(low, high) for low, high in zip(ends, ends[1:], strict=False)]
