"""A million rows on two MariaDB servers under writes: exactly the inserted differences are found."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import pytest

from support import mariadb
from support.million_rows import ROWS, compare_under_writes, count_differences, notes_of, write_statement
from support.validation_driver import ValidationDriver, findings_of, mysql_endpoint, rows_of
from support.write_load import WriteLoad

_SCHEMA = (
    """
create table ledger (id bigint primary key, account varchar(20) not null, amount decimal(20, 4), rate double,
  note varchar(40), booked timestamp(6) not null, stamp datetime not null, state varchar(20) not null)
""",
    "create table rates (code varchar(3) primary key, rate {rate} not null)",
    "create table owners (region varchar(20), number integer, name text, primary key (region, number))",
    "create table events (text text, at datetime)",
    "create table receipts (id {counter} auto_increment primary key)",
    "create table orders (id bigint auto_increment primary key)",
)
_LOAD = (
    f"""
insert into ledger select seq, concat('acc-', seq % 5000), seq / 100, seq / 7e0,
  case seq % 3 when 0 then '' when 1 then concat('note ', seq) end,
  timestamp '2026-01-01 00:00:00' + interval seq second,
  timestamp '2026-01-01 00:00:00' + interval seq second, 'new' from seq_1_to_{ROWS}
""",
    "insert into rates select concat('R', seq), seq from seq_1_to_9",
    "insert into owners select concat('region ', seq % 7), seq, concat('Owner ', seq) from seq_1_to_20000",
    "insert into events select concat('event ', seq), '2026-01-01' from seq_1_to_2000",
    "insert into orders select seq from seq_1_to_10",
    "delete from orders where id > 5",
    "analyze table ledger, rates, owners, events",
)
# Statements that insert differences into the target, with the number of changed rows and the column.
_CHANGED = {
    "amount": ("update ledger set amount = amount + 0.0001 where id in (11, 200011)", 2),
    "note (trailing space)": ("update ledger set note = concat(note, ' ') where id = 301", 1),
    "account (case)": ("update ledger set account = upper(account) where id = 304", 1),
    "rate (last digit)": ("update ledger set rate = 43.14285714285715 where id = 302", 1),
    "booked (time zone)": ("update ledger set booked = booked + interval 5 hour where id = 303", 1),
    "note (NULL, was empty)": ("update ledger set note = null where id = 306", 1),
    "note (empty, was NULL)": ("update ledger set note = '' where id = 305", 1),
}


def _row(number: int) -> str:
    booked = f"timestamp '2026-02-01 00:00:00' + interval {number} second"
    return f"{ROWS + number}, 'acc-1', {number}.5, 1, null, {booked}, {booked}, 'new'"


@pytest.fixture(scope="module")
def million(mariadb_server: mariadb.Server, mariadb_target: mariadb.Server) -> Iterator[tuple[mariadb.Server, ...]]:
    """Both servers with equal tables except for types and AUTO_INCREMENT values."""
    sides = (
        (mariadb_server, {"rate": "decimal(12, 4)", "counter": "bigint"}),
        (mariadb_target, {"rate": "decimal(10, 2)", "counter": "int"}),
    )

    def load(side: tuple[mariadb.Server, dict[str, str]]) -> None:
        server, differences = side
        server.run("create database million character set utf8mb4 collate utf8mb4_bin")
        with closing(server.connect("million")) as session:
            for statement in (*_SCHEMA, *_LOAD):
                session.run(statement.format(**differences))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(load, sides))
    mariadb_target.run("set global time_zone = '-05:00'")
    yield (mariadb_server, mariadb_target)
    mariadb_target.run("set global time_zone = 'SYSTEM'")
    for server, _ in sides:
        server.run("drop database million")


def _driver(million: tuple[mariadb.Server, ...], run: str) -> ValidationDriver:
    source, target = (mysql_endpoint(server, "million") for server in million)
    return ValidationDriver(
        source, target, "million", {"MAX_LAG_SECONDS": "2", "SOURCE_SESSIONS": "4", "CHUNK_ROWS": "50000"}, run
    )


def test_validation_under_writes_finds_exactly_the_inserted_differences(
    aws: None, million: tuple[mariadb.Server, ...]
) -> None:
    source, target = million
    target.run("alter table orders auto_increment = 6", dbname="million")  # as if only rows had been replicated
    sides = partial(source.connect, "million"), partial(target.connect, "million")
    load = WriteLoad(*sides, partial(write_statement, _row))
    results = compare_under_writes(load, partial(_driver, million), partial(_insert_differences, source, target))
    ledger = [result for result in rows_of(results) if result["table"] == "million.ledger"]
    changed = sum(rows for _, rows in _CHANGED.values())
    assert count_differences(ledger) == {"missing": 3, "extra": 2, "changed": changed, "different": changed + 5}
    columns = {name for result in ledger for name in result.get("columns", [])}
    assert columns == {"account", "amount", "booked", "note", "rate"}
    assert [result["without_key"] for result in rows_of(results) if result["table"] == "million.events"] == [1]
    assert sum(result["different"] for result in rows_of(results)) == changed + 5 + 1
    assert findings_of(results, "schema") == [
        "million.rates.rate is decimal(12,4) in the source, decimal(10,2) in the target",
        "million.receipts.id is bigint in the source, int in the target",
    ]
    assert findings_of(results, "sequences") == [
        "the sequence million.receipts is bigint in the source, int in the target"
    ]
    assert "the sequence million.orders has a lower value in the target" in notes_of(results)


def _insert_differences(source: mariadb.Server, target: mariadb.Server) -> None:
    with closing(source.connect("million")) as here, closing(target.connect("million")) as there:
        there.run("delete from ledger where id in (5, 120000, 399000)")
        there.run(
            "insert into ledger select id - 100, account, 1, 1, '', booked, stamp, state from ledger where id = 1"
        )
        here.run("delete from ledger where id = 777")
        there.run("delete from events where text = 'event 7'")
        for statement, _ in _CHANGED.values():
            there.run(statement)
