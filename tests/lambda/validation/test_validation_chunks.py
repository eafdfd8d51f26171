"""Chunks on real servers are complete, disjoint and of similar size, without a full scan."""

from collections.abc import Callable, Iterator

import pytest

from migration.row_readers.reader import Reader
from migration.row_readers.table_schema import TableSchema, has_chronological_order
from migration.tables import Table
from support import mariadb
from support.postgres import Server
from support.validation_driver import comparison_plans, mysql_reader, postgresql_reader, ranges_between

_POSTGRESQL = {
    "numbers": "select g as id, 'x' as v from generate_series(1, 1000) g; alter table cut.t add primary key (id)",
    "sparse numbers": "select g * g * g as id from generate_series(-500, 500) g;"
    " alter table cut.t add primary key (id)",
    "uuids": "select gen_random_uuid() as id from generate_series(1, 1000); alter table cut.t add primary key (id)",
    "texts": "select 'Key ''' || md5(g::text) as id from generate_series(1, 1000) g;"
    " alter table cut.t add primary key (id)",
    "characters": "select lpad(g::text, 6, 'x')::char(8) as id from generate_series(1, 1000) g;"
    " alter table cut.t add primary key (id)",
    "bytes": "select sha256(g::text::bytea) as id from generate_series(1, 1000) g;"
    " alter table cut.t add primary key (id)",
    "two columns": "select g % 7 as shop, now() + g * interval '1 s' as at from generate_series(1, 1000) g;"
    " alter table cut.t add primary key (shop, at)",
    "a unique index": "select g as id from generate_series(1, 1000) g; alter table cut.t alter id set not null;"
    " create unique index on cut.t (id)",
}
_MYSQL = {
    "numbers": ("id bigint primary key, v text", "seq, 'x'"),
    "sparse numbers": ("id bigint primary key", "cast(seq as signed) * cast(seq as signed) - 500000"),
    "unsigned numbers": ("id bigint unsigned primary key", "18446744073709551615 - seq * 1000"),
    "texts": ("id varchar(60) primary key", "concat('Key_', md5(seq))"),
    "bytes": ("id binary(16) primary key", "unhex(md5(seq))"),
    "decimals": ("id decimal(12, 2) primary key", "seq / 4"),
    "times": ("id datetime(6) primary key", "'2026-01-01' + interval seq second"),
    "two columns": (
        "shop int, at datetime(6), primary key (shop, at)",
        "mod(seq, 7), '2026-01-01' + interval seq second",
    ),
    "zero dates": (
        "day date, id int, primary key (day, id)",
        "if(mod(seq, 2) = 0, '0000-00-00', '2026-01-01'), seq",
    ),
    "a zero time": ("id datetime(6) primary key", "if(seq = 1, '0000-00-00', '2026-01-01' + interval seq second)"),
    "text and number": ("shop varchar(9), id int, primary key (shop, id)", "elt(mod(seq, 3) + 1, 'a', 'b', 'c'), seq"),
}


@pytest.fixture
def postgresql(source_server: Server) -> Iterator[Reader]:
    source_server.run("create schema cut")
    with postgresql_reader(source_server) as reader:
        yield reader
    source_server.run("drop schema cut cascade")


@pytest.fixture
def mysql(mariadb_server: mariadb.Server) -> Iterator[Reader]:
    mariadb_server.run("create database cut")
    with mysql_reader(mariadb_server) as reader:
        yield reader
    mariadb_server.run("drop database cut")


def _shape(reader: Reader, estimate: int) -> TableSchema:
    (table,) = reader.tables(("cut.%",))
    shape = reader.table_schema(Table(table.schema, table.name, estimate, table.size))
    assert shape is not None
    return shape


def _sizes(reader: Reader, shape: TableSchema, rows: int) -> list[int]:
    view, _ = comparison_plans(reader, reader, shape, shape)
    bounds = reader.chunk_bounds(shape, rows)
    return [reader.checksum(view, span).rows for span in ranges_between(bounds)]


@pytest.mark.parametrize("kind", _POSTGRESQL)
def test_postgresql_row_is_in_exactly_one_chunk(postgresql: Reader, source_server: Server, kind: str) -> None:
    source_server.run(f"create table cut.t as {_POSTGRESQL[kind]}; analyze cut.t")
    sizes = _sizes(postgresql, _shape(postgresql, 1000), 100)
    assert 6 <= len(sizes) <= 21
    assert sum(sizes) in (1000, 1001)
    assert max(sizes) <= 250


@pytest.mark.parametrize("kind", _MYSQL)
def test_mysql_row_is_in_exactly_one_chunk(mysql: Reader, mariadb_server: mariadb.Server, kind: str) -> None:
    columns, values = _MYSQL[kind]
    mariadb_server.run(f"create table cut.t ({columns})")
    mariadb_server.run(f"insert into cut.t select {values} from cut.seq_1_to_1000")
    mariadb_server.run("analyze table cut.t")
    sizes = _sizes(mysql, _shape(mysql, 1000), 100)
    assert 6 <= len(sizes) <= 40
    assert sum(sizes) == 1000
    assert max(sizes) <= 250


@pytest.mark.parametrize("kind", ["bigint", "text"])
def test_table_is_split_without_a_full_scan(postgresql: Reader, source_server: Server, kind: str) -> None:
    source_server.run(
        f"create table cut.t as select g::{kind} as id, repeat('x', 800) as v from generate_series(1, 100000) g;"
        " alter table cut.t add primary key (id); analyze cut.t"
    )
    shape = _shape(postgresql, 100_000)

    def blocks() -> int:
        (row,) = source_server.run(
            "select pg_stat_force_next_flush(), heap_blks_read + heap_blks_hit from pg_statio_all_tables"
            " where relid = 'cut.t'::regclass"
        )
        return int(str(row[1]))

    before = blocks()
    assert 70 <= len(postgresql.chunk_bounds(shape, 1_000)) <= 100
    del postgresql
    assert blocks() - before < shape.table.size / 8192 / 5


def test_chunk_is_read_with_its_index(mysql: Reader, mariadb_server: mariadb.Server) -> None:
    mariadb_server.run("create table cut.t (shop int, id int, v text, primary key (shop, id))")
    mariadb_server.run("insert into cut.t select mod(seq, 5), seq, 'x' from cut.seq_1_to_20000")
    mariadb_server.run("analyze table cut.t")
    shape = _shape(mysql, 20_000)
    view, _ = comparison_plans(mysql, mysql, shape, shape)
    bounds = mysql.chunk_bounds(shape, 1_000)
    mariadb_server.run("flush status")
    assert 0 < mysql.checksum(view, ranges_between(bounds)[7]).rows < 4_000


def test_partitioned_table_is_split_by_partition_size(postgresql: Reader, source_server: Server) -> None:
    source_server.run(
        "create table cut.t (id bigint primary key) partition by range (id);"
        "create table cut.a partition of cut.t for values from (0) to (600);"
        "create table cut.b partition of cut.t for values from (600) to (maxvalue);"
        "insert into cut.t select generate_series(1, 1000); analyze cut.t"
    )
    (table,) = postgresql.tables(("cut.%",))
    assert table.estimate == 1000
    assert len(_sizes(postgresql, _shape(postgresql, 1000), 100)) >= 8


def test_postgresql_newest_rows_are_hashed_separately(postgresql: Reader, source_server: Server) -> None:
    source_server.run("create table cut.t (id bigint primary key, v text); insert into cut.t values (1), (2), (3), (4)")
    _newest_are_summed_apart(postgresql, source_server.run)


def test_mysql_newest_rows_are_hashed_separately(mysql: Reader, mariadb_server: mariadb.Server) -> None:
    mariadb_server.run("create table cut.t (id bigint primary key, v varchar(9))")
    mariadb_server.run("insert into cut.t (id) values (1), (2), (3), (4)")
    _newest_are_summed_apart(mysql, mariadb_server.run)


def _newest_are_summed_apart(reader: Reader, run: Callable[[str], object]) -> None:
    view, _ = comparison_plans(reader, reader, (shape := _shape(reader, 4)), shape)
    assert has_chronological_order(view.key)
    before = reader.newest_checksum(view, 2)
    run("update cut.t set v = 'old' where id = 2")
    assert reader.newest_checksum(view, 2) == before
    run("update cut.t set v = 'new' where id = 3")
    assert reader.newest_checksum(view, 2) != before
    assert before.rows == 2


def test_key_without_range_index_is_not_split(mysql: Reader, mariadb_server: mariadb.Server) -> None:
    mariadb_server.run("create table cut.t (kind enum('card', 'debit', 'wire'), id int, primary key (kind, id))")
    mariadb_server.run("insert into cut.t select mod(seq, 3) + 1, seq from cut.seq_1_to_1000")
    mariadb_server.run("analyze table cut.t")
    assert mysql.chunk_bounds(_shape(mysql, 1000), 100) == []


def test_table_without_statistics_is_split_by_size(postgresql: Reader, source_server: Server) -> None:
    source_server.run(
        "create table cut.t as select g as id, repeat('x', 90) as v from generate_series(1, 1000) g;"
        " update pg_class set reltuples = 0 where oid = 'cut.t'::regclass"  # as in PostgreSQL 13
    )
    (table,) = postgresql.tables(("cut.%",))
    assert 500 < table.estimate < 2_000


def test_rows_of_inheriting_tables_are_not_read_with_the_parent(postgresql: Reader, source_server: Server) -> None:
    source_server.run(
        "create table cut.t (id bigint primary key, v text);"
        "create table cut.y2025 (primary key (id)) inherits (cut.t);"
        "insert into cut.t values (1, 'x'); insert into cut.y2025 values (1, 'y'), (2, 'z')"
    )
    shapes = [shape for table in postgresql.tables(("cut.%",)) if (shape := postgresql.table_schema(table)) is not None]
    assert [sum(_sizes(postgresql, shape, 1000)) for shape in shapes] == [1, 2]
