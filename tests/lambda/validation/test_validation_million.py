"""A million rows on two PostgreSQL servers under writes: exactly the inserted differences are found."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import pytest

from support import postgres
from support.million_rows import ROWS, compare_under_writes, count_differences, notes_of, write_statement
from support.validation_driver import ValidationDriver, findings_of, postgresql_endpoint, rows_of
from support.write_load import WriteLoad

_SCHEMA = """
create table ledger (id bigint primary key, account text not null, amount numeric, rate double precision, note text,
  booked timestamptz not null, state text not null);
create table rates (code varchar(3) primary key, rate {rate} not null);
create table owners (region text, number integer, name text, primary key (region, number));
create table events (text text, at timestamptz);
create sequence receipts increment {step};
create sequence orders;
{more}
"""
_LOAD = f"""
insert into ledger select g, 'acc-' || g % 5000, g::numeric / 100, g / 7.0::float8,
  case g % 3 when 0 then '' when 1 then 'note ' || g end, timestamptz '2026-01-01 00:00Z' + g * interval '1 s', 'new'
  from generate_series(1, {ROWS}) g;
insert into rates select 'R' || g, g from generate_series(1, 9) g;
insert into owners select 'region ' || g % 7, g, 'Owner ' || g from generate_series(1, 20000) g;
insert into events select 'event ' || g, '2026-01-01Z' from generate_series(1, 2000) g;
analyze
"""
# Statements that insert differences into the target, with the number of changed rows and the column.
_CHANGED = {
    "amount": ("update ledger set amount = amount + 0.01 where id in (11, 200011)", 2),
    "note (trailing space)": ("update ledger set note = note || ' ' where id = 100 * 3 + 1", 1),
    "rate (NaN)": ("update ledger set rate = 'NaN' where id = 302", 1),
    "booked (time zone)": ("update ledger set booked = booked + interval '5 hours' where id = 303", 1),
    "note (NULL, was empty)": ("update ledger set note = null where id = 306", 1),
    "note (empty, was NULL)": ("update ledger set note = '' where id = 305", 1),
}


def _row(number: int) -> str:
    booked = f"timestamptz '2026-02-01Z' + interval '{number} s'"
    return f"{ROWS + number}, 'acc-1', {number}.5, 1, null, {booked}, 'new'"


@pytest.fixture(scope="module")
def million(source_server: postgres.Server, target_server: postgres.Server) -> Iterator[tuple[postgres.Server, ...]]:
    """Both servers with equal tables except for types and sequences."""
    sides = (
        (source_server, {"rate": "numeric(12, 4)", "step": 1, "more": "create sequence lost"}),
        (target_server, {"rate": "numeric(10, 2)", "step": 5, "more": ""}),
    )

    def load(side: tuple[postgres.Server, dict[str, object]]) -> None:
        server, differences = side
        server.run("create database million")
        server.run(_SCHEMA.format(**differences), "million")
        server.run(
            "alter database million set timezone = 'America/New_York'" if server is target_server else "select 1"
        )
        with closing(server.connect("million")) as session:
            session._usock.settimeout(300)  # test machines are slow
            session.run(_LOAD)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(load, sides))
    yield (source_server, target_server)
    for server, _ in sides:
        server.run("drop database million with (force)")


def _driver(million: tuple[postgres.Server, ...], run: str) -> ValidationDriver:
    source, target = (postgresql_endpoint(server, "million") for server in million)
    return ValidationDriver(
        source, target, "public", {"MAX_LAG_SECONDS": "2", "SOURCE_SESSIONS": "4", "CHUNK_ROWS": "50000"}, run
    )


def test_validation_under_writes_finds_exactly_the_inserted_differences(
    aws: None, million: tuple[postgres.Server, ...]
) -> None:
    source, target = million
    source.run("select setval('orders', 500)", "million")
    sides = partial(source.connect, "million"), partial(target.connect, "million")
    load = WriteLoad(*sides, partial(write_statement, _row))
    results = compare_under_writes(load, partial(_driver, million), partial(_insert_differences, source, target))
    ledger = [result for result in rows_of(results) if result["table"] == "public.ledger"]
    changed = sum(rows for _, rows in _CHANGED.values())
    assert count_differences(ledger) == {"missing": 3, "extra": 2, "changed": changed, "different": changed + 5}
    assert {name for result in ledger for name in result.get("columns", [])} == {"amount", "note", "rate", "booked"}
    assert [result["columns"] for result in ledger if result["chunk"] == 4] == [["amount"]]
    assert [result["without_key"] for result in rows_of(results) if result["table"] == "public.events"] == [1]
    assert sum(result["different"] for result in rows_of(results)) == changed + 5 + 1
    assert findings_of(results, "schema") == [
        "public.rates.rate is numeric(12,4) in the source, numeric(10,2) in the target"
    ]
    assert findings_of(results, "sequences") == [
        "the sequence public.lost is missing in the target",
        "the sequence public.receipts is bigint 1 in the source, bigint 5 in the target",
    ]
    assert "the sequence public.orders has a lower value in the target" in notes_of(results)


def _insert_differences(source: postgres.Server, target: postgres.Server) -> None:
    target.run("delete from ledger where id in (5, 120000, 399000)", "million")
    target.run(
        "insert into ledger select id - 100, account, 1, 1, '', booked, state from ledger where id = 1", "million"
    )
    source.run("delete from ledger where id = 777", "million")
    target.run("delete from events where ctid = '(0,1)'", "million")
    for statement, _ in _CHANGED.values():
        target.run(statement, "million")
