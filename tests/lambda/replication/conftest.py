"""Fixtures: a task driver between two databases, on each engine."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import pytest

from support import mariadb, postgres
from support.task_driver import EndpointDatabase, TaskDriver

_TABLES = (
    "create table payments (id integer primary key, token varchar(20) unique, note text)",
    "create table refunds (id integer primary key, payment integer references payments (id))",
)
_numbers = count(1)


@pytest.fixture
def postgresql(aws: None, source_server: postgres.Server, target_server: postgres.Server) -> Iterator[TaskDriver]:
    with _driver([_postgresql(source_server), _postgresql(target_server)]) as driver:
        yield driver
    for server in (source_server, target_server):
        name = driver.source.name
        slots = f"select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = '{name}'"
        server.run(slots)
        server.run(f"drop database {name} with (force)")


@pytest.fixture
def mysql(aws: None, mariadb_server: mariadb.Server, mariadb_target: mariadb.Server) -> Iterator[TaskDriver]:
    with _driver([_mysql(mariadb_server), _mysql(mariadb_target)]) as driver:
        yield driver
    for server in (mariadb_server, mariadb_target):
        server.run(f"drop database {driver.source.name}")
        server.run("drop database if exists awsdms_control")


@pytest.fixture(params=["postgresql", "mysql"])
def driver(request: pytest.FixtureRequest) -> TaskDriver:
    """A driver on each engine."""
    found: TaskDriver = request.getfixturevalue(request.param)
    return found


@contextmanager
def _driver(sides: list[Any]) -> Iterator[TaskDriver]:
    name = f"rows{next(_numbers)}"
    databases = [side(name) for side in sides]
    for database in databases:
        for table in _TABLES:
            database.run(table)
    driver = TaskDriver(*databases)
    try:
        yield driver
    finally:
        driver.close()


def _postgresql(server: postgres.Server) -> Any:
    def create(name: str) -> EndpointDatabase:
        server.run(f"create database {name}")
        return EndpointDatabase(
            "postgres", server.port, name, "postgres", postgres.PASSWORD, lambda sql: server.run(sql, name), "public"
        )

    return create


def _mysql(server: mariadb.Server) -> Any:
    def create(name: str) -> EndpointDatabase:
        with suppress(Exception):
            server.run("drop database if exists awsdms_control")
        server.run(f"create database {name}")
        return EndpointDatabase(
            "mysql", server.port, name, "admin", mariadb.PASSWORD, lambda sql: server.run(sql, dbname=name), name
        )

    return create
