"""Cutting tables: arithmetic, and chunks that are complete and disjoint on a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from common.checksums import shape
from common.database import Database, connect
from common.secrets import Login
from common.settings import Address, Tls, Trust
from common.tables import Table
from postgres import PASSWORD, Server
from validation import chunks
from validation.compare import _range


@pytest.fixture
def database(source_server: Server) -> Iterator[Database]:
    address = Address("127.0.0.1", source_server.port, "postgres")
    with connect(address, Login("postgres", PASSWORD), Trust(Tls.OFF, Path())) as made:
        made.run("create schema cut")
        yield made
        made.run("drop schema cut cascade")


def test_even_points_are_cut_evenly() -> None:
    assert chunks.between([0, 100], 4) == [25, 50, 75]


def test_a_crowded_end_gets_more_bounds() -> None:
    assert chunks.between([0, 10, 20, 1_000_000], 6) == [5, 10, 15, 20, 500_010]


@pytest.mark.parametrize("points", [[], [7]])
def test_an_empty_table_is_not_cut(points: list[int]) -> None:
    assert chunks.between(points, 10) == []


def test_bounds_never_repeat() -> None:
    assert chunks.between([1, 3], 50) == [1, 2]


_TABLES = {
    "numbers": "create table cut.t as select g as id, 'x' as v from generate_series(1, 1000) g;"
    " alter table cut.t add primary key (id)",
    "sparse numbers": "create table cut.t as select g * g * g as id from generate_series(-500, 500) g;"
    " alter table cut.t add primary key (id)",
    "uuids": "create table cut.t as select gen_random_uuid() as id from generate_series(1, 1000);"
    " alter table cut.t add primary key (id)",
    "texts": "create table cut.t as select 'Key ''' || md5(g::text) as id from generate_series(1, 1000) g;"
    " alter table cut.t add primary key (id)",
    "characters": "create table cut.t (id char(8) primary key);"
    " insert into cut.t select lpad(g::text, 6, 'x') from generate_series(1, 1000) g",
    "two columns": "create table cut.t as select g % 7 as shop, now() + g * interval '1 s' as at"
    " from generate_series(1, 1000) g; alter table cut.t add primary key (shop, at)",
}


@pytest.mark.parametrize("kind", _TABLES)
def test_each_row_is_in_exactly_one_chunk(database: Database, kind: str) -> None:
    database.run(_TABLES[kind])
    database.run("analyze cut.t")
    found = shape(database, Table("cut", "t", 1000))
    bounds = chunks.bounds(database, found, 100)
    assert 5 <= len(bounds) <= 20
    sizes = []
    for number in range(len(bounds) + 1):
        chunk = _range(found, bounds, number)
        sizes.append(database.value(f"select count(*) from cut.t where {chunk.where}", **chunk.parameters))
    assert sum(sizes) == database.value("select count(*) from cut.t")
    assert max(sizes) <= 250


@pytest.mark.parametrize("kind", ["bigint", "text"])
def test_a_table_is_cut_without_being_read(database: Database, kind: str) -> None:
    database.run(
        f"create table cut.t as select g::{kind} as id, repeat('x', 200) as v from generate_series(1, 50000) g"
    )
    database.run("alter table cut.t add primary key (id)")
    database.run("analyze cut.t")
    found = shape(database, Table("cut", "t", 50_000))
    with database.transaction():
        before = database.value("select seq_scan from pg_stat_xact_all_tables where relid = 'cut.t'::regclass")
        assert len(chunks.bounds(database, found, 1000)) >= 40
        assert before == database.value("select seq_scan from pg_stat_xact_all_tables where relid = 'cut.t'::regclass")


def test_an_index_is_used_to_read_a_chunk(database: Database) -> None:
    database.run("create table cut.t as select g as id, repeat('x', 200) as v from generate_series(1, 50000) g")
    database.run("alter table cut.t add primary key (id)")
    database.run("analyze cut.t")
    found = shape(database, Table("cut", "t", 50_000))
    chunk = _range(found, chunks.bounds(database, found, 1000), 7)
    plan = database.rows(f"explain select * from cut.t where {chunk.where}", **chunk.parameters)
    assert "Index" in str(plan)
