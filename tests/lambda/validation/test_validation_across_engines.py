"""Comparison of PostgreSQL with MariaDB: equal and different values of every type."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from common.clock import Clock
from migration.row_readers.table_schema import TypeFamily
from support import mariadb, postgres
from support.validation_driver import ValidationDriver, findings_of, mysql_endpoint, postgresql_endpoint, rows_of
from validation import handler
from validation.column_differences import is_same_value

_COLUMNS = {
    "b": ("boolean", "tinyint(1)"),
    "i": ("bigint", "bigint"),
    "n": ("numeric(12, 4)", "decimal(14, 4)"),
    "f": ("double precision", "double"),
    "r": ("real", "float"),
    "t": ("text", "longtext"),
    "c": ("char(5)", "char(5)"),
    "d": ("date", "date"),
    "ti": ("time", "time(6)"),
    "ts": ("timestamp", "datetime(6)"),
    "tz": ("timestamptz", "timestamp(6) null"),
    "j": ("jsonb", "longtext"),
    "y": ("bytea", "longblob"),
    "u": ("uuid", "char(36)"),
}
_ROWS: tuple[tuple[str | None, ...], ...] = (
    *(
        (
            *(flag, whole, exact, double, single, text, "ab", "2026-03-29", "10:11:12.5"),
            *("2026-03-29 02:30:00.000001", "2026-03-29 01:30:00.5", document, octets),
            "6f8dcc8e-bf46-4a7c-8ba2-4d6c0f1f2d0e",
        )
        for flag, whole, exact, double, single, text, document, octets in (
            ("1", "-9223372036854775808", "1.5000", "0.1", "0.1", "plain", '{"a": 1, "b": [true, null]}', "00ff"),
            ("0", "0", "-0.0001", "1e20", "16777216", "", "[]", ""),
            ("1", "7", "99999999.9999", "-1.5e-7", "1e-5", "trailing  ", '"\u20ac"', "31"),
            ("0", "7", "0", "1.7976931348623157e308", "-0.5", "\u00fc \u20ac \U0001f600 | -", '{"n": 1.50}', "7c"),
            ("0", "7", "100", "123456789.123456789", "3.4e38", "4:-|", "{}", "2d"),
        )
    ),
    (None,) * len(_COLUMNS),
)
_CHANGED = {
    "b": "1 - b",
    "i": "i + 1",
    "n": "n + 0.0001",
    "f": "f + 1",
    "r": "r + 1",
    "t": "concat(t, ' ')",
    "c": "'xy'",
    "d": "d + interval 1 day",
    "ti": "addtime(ti, '00:00:00.000001')",
    "ts": "ts + interval 1 microsecond",
    "tz": "tz - interval 5 hour",
    "j": """'{"a": 2, "b": [true, null]}'""",
    "y": "concat(y, unhex('00'))",
    "u": "'6f8dcc8e-bf46-4a7c-8ba2-4d6c0f1f2d0f'",
}


@pytest.fixture
def across(aws: None, source_server: postgres.Server, mariadb_server: mariadb.Server) -> Iterator[ValidationDriver]:
    """The same rows in PostgreSQL and in MariaDB."""
    source_server.run("create schema kinds")
    mariadb_server.run("create database kinds character set utf8mb4")
    source_server.run(_create(0))
    mariadb_server.run(_create(1))
    for number, row in enumerate(_ROWS):
        source_server.run(f"insert into kinds.t values ({number}, {', '.join(map(_postgresql, _COLUMNS, row))})")
        mariadb_server.run(f"insert into kinds.t values ({number}, {', '.join(map(_mysql, _COLUMNS, row))})")
    yield ValidationDriver(
        postgresql_endpoint(source_server, "postgres"), mysql_endpoint(mariadb_server, "kinds"), "kinds"
    )
    source_server.run("drop schema kinds cascade")
    mariadb_server.run("drop database kinds")


def _create(side: int) -> str:
    columns = ", ".join(f"{name} {kinds[side]}" for name, kinds in _COLUMNS.items())
    return f"create table kinds.t (id bigint primary key, {columns})"


def _postgresql(name: str, value: str | None) -> str:
    if value is None:
        return "null"
    text = value.replace("'", "''")
    return {"y": f"'\\x{text}'", "b": f"cast('{text}' as boolean)", "tz": f"'{text}Z'"}.get(name, f"'{text}'")


def _mysql(name: str, value: str | None) -> str:
    if value is None:
        return "null"
    text = value.replace("'", "''")
    if name == "tz":  # the session of the administrator uses the time zone of the server
        return f"convert_tz('{text}', '+00:00', @@session.time_zone)"
    return f"x'{text}'" if name == "y" else f"'{text}'"


def test_equal_values_are_equal_across_engines(across: ValidationDriver) -> None:
    results = across.validate()
    assert findings_of(results, "schema") == []
    (result,) = rows_of(results)
    assert (result["rows"], result["different"], result.get("columns", [])) == (6, 0, [])


@pytest.mark.parametrize("way", ["there", "back"])
def test_every_change_is_found_across_engines(
    across: ValidationDriver, source_server: postgres.Server, mariadb_server: mariadb.Server, way: str
) -> None:
    mariadb_server.run("set global time_zone = '-08:00'")
    for number, (name, value) in enumerate(_CHANGED.items(), 1000):
        copy = f"insert into kinds.t select {number}, {', '.join(_COLUMNS)} from kinds.t where id = 0"
        source_server.run(copy)
        mariadb_server.run(copy)
        mariadb_server.run(f"update kinds.t set {name} = {value} where id = {number}")
    work = across if way == "there" else ValidationDriver(across.target, across.source, "kinds")
    (result,) = rows_of(work.validate())
    mariadb_server.run("set global time_zone = 'SYSTEM'")
    assert result["different"] == result["changed"] == len(_CHANGED)
    assert result["columns"] == sorted(_COLUMNS)


def test_json_in_replication_is_not_a_difference_despite_its_format(
    across: ValidationDriver, source_server: postgres.Server, mariadb_server: mariadb.Server
) -> None:
    source_server.run("""update kinds.t set j = '{"n": 1.50}' where id = 0""")
    mariadb_server.run("""update kinds.t set j = '{"n":1.5}' where id = 0""")
    meanwhile: Iterator[Callable[[], object]] = iter(
        [
            lambda: None,
            lambda: source_server.run("""update kinds.t set j = '{"n": 2.50}' where id = 0"""),
            lambda: mariadb_server.run("""update kinds.t set j = '{"n":2.5}' where id = 0"""),
        ]
    )

    def sleep(_: float) -> None:
        next(meanwhile)()

    validation = replace(across.validation(), max_rechecks=2, clock=Clock(sleep=sleep))
    planned = handler.run(validation, {"operation": "plan", "execution": "run-1"})
    (item,) = [item for item in validation.store.get(planned["key"]) or [] if "check" not in item]
    assert handler.run(validation, {"operation": "compare", "chunk": item})["different"] == 0


@pytest.mark.parametrize(
    ("here", "there", "left", "right", "meant"),
    [
        (TypeFamily.JSON, TypeFamily.TEXT, '{"a":1.0,"b":2}', '{"b": 2, "a": 1}', True),
        (TypeFamily.JSON, TypeFamily.TEXT, '{"a":1}', '{"a":2}', False),
        (TypeFamily.JSON, TypeFamily.TEXT, "{}", "no json", False),
        (TypeFamily.JSON, TypeFamily.TEXT, '{"a":true}', '{"a":1}', False),
        (TypeFamily.JSON, TypeFamily.TEXT, "[false, 1]", "[0, 1]", False),
        (TypeFamily.FLOAT, TypeFamily.FLOAT, "1e+15", "1000000000000000", True),
        (TypeFamily.DECIMAL, TypeFamily.INTEGER, "5.00", "5", True),
        (TypeFamily.UUID, TypeFamily.TEXT, "6F8D", "6f8d", True),
        (TypeFamily.TEXT, TypeFamily.TEXT, "a", "A", False),
        (TypeFamily.TEXT, TypeFamily.TEXT, "", None, False),
        (TypeFamily.FLOAT, TypeFamily.FLOAT, "NaN", "NaN", True),
    ],
)
def test_different_texts_of_one_value_are_equal(
    here: TypeFamily, there: TypeFamily, left: str, right: str | None, meant: bool
) -> None:
    assert is_same_value(here, there, left, right) is meant


def test_mysql_table_equals_itself(aws: None, mariadb_server: mariadb.Server) -> None:
    mariadb_server.run("create database shop")
    mariadb_server.run("create table shop.t (shop varchar(9), id int, v text, f float, primary key (shop, id))")
    mariadb_server.run(
        "insert into shop.t select elt(mod(seq, 3) + 1, 'a', 'b', 'c'), seq, '', 0.1 from shop.seq_1_to_500"
    )
    end = mysql_endpoint(mariadb_server, "shop")
    results = rows_of(ValidationDriver(end, end, "shop", {"CHUNK_ROWS": "50"}).validate())
    mariadb_server.run("drop database shop")
    assert len(results) > 5
    assert [sum(result[name] for result in results) for name in ("rows", "different")] == [500, 0]


@pytest.fixture
def long_values(
    aws: None, source_server: postgres.Server, mariadb_server: mariadb.Server, mariadb_target: mariadb.Server
) -> Iterator[None]:
    """Equal long values on all sides; functions return NULL for texts longer than a packet, as MySQL 5.7 does."""
    source_server.run("create schema long; create table long.t (id int primary key, b bytea, c text, d text)")
    source_server.run(f"insert into long.t values (1, '{_LONG}', '{_LONG}', '{_LONG}')")
    for server in (mariadb_server, mariadb_target):
        server.run("set global max_allowed_packet = 4194304")
        server.run("create database `long` character set utf8mb4")
        server.run("create table `long`.t (id int primary key, b longblob, c longtext, d longtext)")
        server.run("insert into `long`.t values (1, %s, %s, %s)", _LONG, _LONG, _LONG)
    yield
    source_server.run("drop schema long cascade")
    for server in (mariadb_server, mariadb_target):
        server.run("set global max_allowed_packet = default")
        server.run("drop database `long`")


_LONG = "4" * 1_300_000
"""Three such values, one of them as hexadecimal digits, are longer than a packet."""


def test_values_longer_than_a_packet_are_equal_across_engines(
    long_values: None, source_server: postgres.Server, mariadb_target: mariadb.Server
) -> None:
    work = ValidationDriver(
        postgresql_endpoint(source_server, "postgres"), mysql_endpoint(mariadb_target, "long"), "long"
    )
    assert rows_of(work.validate())[0]["different"] == 0


@pytest.mark.parametrize("column", ["b", "c", "d"])
@pytest.mark.parametrize("source", ["postgresql", "mysql"])
def test_change_in_a_value_longer_than_a_packet_is_found(
    long_values: None,
    source_server: postgres.Server,
    mariadb_server: mariadb.Server,
    mariadb_target: mariadb.Server,
    source: str,
    column: str,
) -> None:
    mariadb_target.run(f"update `long`.t set {column} = concat('5', substr({column}, 2))")
    ends = {
        "postgresql": postgresql_endpoint(source_server, "postgres"),
        "mysql": mysql_endpoint(mariadb_server, "long"),
    }
    (result,) = rows_of(ValidationDriver(ends[source], mysql_endpoint(mariadb_target, "long"), "long").validate())
    assert (result["different"], result["columns"]) == (1, [column])


@pytest.fixture
def shop(aws: None, mariadb_server: mariadb.Server, mariadb_target: mariadb.Server) -> Iterator[ValidationDriver]:
    """Two databases on MariaDB."""
    for server in (mariadb_server, mariadb_target):
        server.run("create database shop character set utf8mb4")
    yield ValidationDriver(
        mysql_endpoint(mariadb_server, "shop"), mysql_endpoint(mariadb_target, "shop"), "shop", {"CHUNK_ROWS": "50"}
    )
    for server in (mariadb_server, mariadb_target):
        server.run("drop database shop")


def test_unique_prefix_index_identifies_rows_by_whole_values(
    shop: ValidationDriver, mariadb_server: mariadb.Server, mariadb_target: mariadb.Server
) -> None:
    for server in (mariadb_server, mariadb_target):
        server.run("create table shop.t (shop int not null, code text not null, v int, unique (shop, code(4)))")
        server.run("insert into shop.t values (1, 'a', 0), (1, 'b', 0), (1, 'c', 0)")
    mariadb_target.run("update shop.t set v = 1 where code = 'a'")
    (result,) = rows_of(shop.validate())
    assert (result["changed"], result["columns"]) == (1, ["v"])


def test_difference_is_reported_without_a_row_for_the_key_text(
    shop: ValidationDriver, mariadb_server: mariadb.Server, mariadb_target: mariadb.Server
) -> None:
    for server in (mariadb_server, mariadb_target):
        server.run("create table shop.t (host inet6 primary key, v int)")
        server.run("insert into shop.t values ('2001:db8::1', 0), ('2001:db8::2', 0), ('2001:db8::3', 0)")
    mariadb_target.run("update shop.t set v = 1 where host = '2001:db8::1'")
    mariadb_target.run("delete from shop.t where host = '2001:db8::2'")
    (result,) = rows_of(shop.validate())
    assert [result[kind] for kind in ("changed", "missing", "extra")] == [1, 1, 0]


def test_display_width_is_not_part_of_a_type(
    shop: ValidationDriver, mariadb_server: mariadb.Server, mariadb_target: mariadb.Server
) -> None:
    mariadb_server.run("create table shop.t (id bigint(20) auto_increment primary key, n int(11), y year(4))")
    mariadb_target.run("create table shop.t (id bigint(1) auto_increment primary key, n int(1), y year)")
    results = shop.validate()
    assert [findings_of(results, name) for name in ("schema", "sequences")] == [[], []]


def test_system_versioned_table_is_compared(
    shop: ValidationDriver, mariadb_server: mariadb.Server, mariadb_target: mariadb.Server
) -> None:
    mariadb_server.run("create table shop.t (id int primary key, v int) with system versioning")
    mariadb_target.run("create table shop.t (id int primary key, v int)")
    mariadb_server.run("insert into shop.t values (1, 0)")
    mariadb_server.run("update shop.t set v = 1")
    mariadb_target.run("insert into shop.t values (1, 0)")
    (result,) = rows_of(shop.validate())
    assert (result["rows"], result["different"], result["columns"]) == (1, 1, ["v"])
