"""Special features of PostgreSQL tables, compared on two servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import DatabaseFailure
from support import postgres
from support.validation_driver import ValidationDriver, findings_of, postgresql_endpoint, rows_of


@pytest.fixture
def ledger(aws: None, source_server: postgres.Server, target_server: postgres.Server) -> Iterator[ValidationDriver]:
    for server in (source_server, target_server):
        server.run("create schema ledger")
    yield ValidationDriver(
        postgresql_endpoint(source_server, "postgres"), postgresql_endpoint(target_server, "postgres"), "ledger"
    )
    for server in (source_server, target_server):
        server.run("drop schema ledger cascade")


@contextmanager
def reader(ledger: ValidationDriver) -> Iterator[ValidationDriver]:
    """The same validation with a user that only has SELECT privileges."""
    servers = [postgres.Server(Path(), end.port) for end in (ledger.source, ledger.target)]
    for server in servers:
        server.run(
            "create role reader login password 'reader-for-tests'; grant usage on schema ledger to reader;"
            "grant select on all tables in schema ledger to reader"
        )
    source, target = (
        replace(end, user="reader", password="reader-for-tests") for end in (ledger.source, ledger.target)
    )
    yield ValidationDriver(source, target, "ledger")
    for server in servers:
        server.run("drop owned by reader; drop role reader")


def test_included_index_columns_are_not_part_of_the_key(
    ledger: ValidationDriver, source_server: postgres.Server, target_server: postgres.Server
) -> None:
    for server in (source_server, target_server):
        server.run(
            "create table ledger.t (id bigint, note text, primary key (id) include (note));"
            "insert into ledger.t values (1, 'a'), (2, null)"
        )
    target_server.run("update ledger.t set note = 'b' where id = 1")
    (result,) = rows_of(ledger.validate())
    assert (result["changed"], result["columns"]) == (1, ["note"])


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("bit(8)", ["00000001", "10000001"]),
        ("time", ["00:00", "24:00"]),
        ("timestamp", ["0044-03-15", "0044-03-15 BC", "20000-01-01", "infinity", "-infinity"]),
        ("timestamptz", ["0044-03-15Z", "0044-03-15Z BC", "infinity"]),
        ("date", ["0044-03-15", "0044-03-15 BC", "infinity"]),
        ("real", ["0.1", "-0", "NaN", "Infinity", "1e-30", "3.4e38"]),
        ("numeric", ["0.10", "1e-30", "NaN", "Infinity"]),
    ],
)
def test_row_is_found_by_its_key(
    ledger: ValidationDriver, source_server: postgres.Server, target_server: postgres.Server, kind: str, keys: list[str]
) -> None:
    for server, value in ((source_server, 1), (target_server, 2)):
        rows = ", ".join(f"('{key}', {value})" for key in keys)
        server.run(f"create table ledger.t (id {kind} primary key, v int); insert into ledger.t values {rows}")
    (result,) = rows_of(ledger.validate())
    assert (result["changed"], result["columns"]) == (len(keys), ["v"])


def test_row_level_security_fails_the_validation(
    ledger: ValidationDriver, source_server: postgres.Server, target_server: postgres.Server
) -> None:
    for server in (source_server, target_server):
        server.run(
            "create table ledger.t (id bigint primary key, tenant text);"
            "alter table ledger.t enable row level security;"
            "create policy mine on ledger.t using (tenant = 'mine'); insert into ledger.t values (1, 'theirs')"
        )
    target_server.run("delete from ledger.t")
    with reader(ledger) as work, pytest.raises(DatabaseFailure, match="row-level security policy"):
        work.validate()


def test_database_without_encoding_is_compared_bytewise(
    ledger: ValidationDriver, source_server: postgres.Server, target_server: postgres.Server
) -> None:
    source_server.run("create database plain encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'")
    table = "create table ledger.t (v text); insert into ledger.t values (E'\\303\\274')"
    source_server.run(f"create schema ledger; {table}", "plain")
    target_server.run(table)
    results = ValidationDriver(postgresql_endpoint(source_server, "plain"), ledger.target, "ledger").validate()
    source_server.run("drop database plain")
    assert rows_of(results)[0]["different"] == 0


def test_unreadable_sequence_is_not_treated_as_unused(
    ledger: ValidationDriver, source_server: postgres.Server, target_server: postgres.Server
) -> None:
    for server in (source_server, target_server):
        server.run("create table ledger.t (id bigint primary key); create sequence ledger.numbers")
    source_server.run("select setval('ledger.numbers', 500)")
    with reader(ledger) as work:
        results = work.validate()
    (notes,) = (result["notes"] for result in results if result.get("check") == "sequences")
    assert notes == ["no privilege to read the sequence ledger.numbers in the source"]


def test_search_path_is_not_part_of_type_names(
    ledger: ValidationDriver, source_server: postgres.Server, target_server: postgres.Server
) -> None:
    for server in (source_server, target_server):
        server.run(
            "create type ledger.state as enum ('open', 'paid');"
            "create table ledger.t (id bigint, state ledger.state, primary key (state, id));"
            "insert into ledger.t values (1, 'open'), (2, 'paid')"
        )
    source_server.run("alter database postgres set search_path = ledger")
    results = ledger.validate()
    source_server.run("alter database postgres reset search_path")
    assert findings_of(results, "schema") == []
