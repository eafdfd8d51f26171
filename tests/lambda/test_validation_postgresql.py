"""What PostgreSQL's tables may be like, compared on two real servers."""

from collections.abc import Iterator

import postgres
import pytest
from validation_sides import Work, postgresql_end, rows_of


@pytest.fixture
def ledger(aws: None, source_server: postgres.Server, target_server: postgres.Server) -> Iterator[Work]:
    for server in (source_server, target_server):
        server.run("create schema ledger")
    yield Work(postgresql_end(source_server, "postgres"), postgresql_end(target_server, "postgres"), "ledger")
    for server in (source_server, target_server):
        server.run("drop schema ledger cascade")


def test_columns_that_an_index_only_includes_are_no_part_of_the_key(
    ledger: Work, source_server: postgres.Server, target_server: postgres.Server
) -> None:
    for server in (source_server, target_server):
        server.run(
            "create table ledger.t (id bigint, note text, primary key (id) include (note));"
            "insert into ledger.t values (1, 'a'), (2, null)"
        )
    target_server.run("update ledger.t set note = 'b' where id = 1")
    (told,) = rows_of(ledger.validate())
    assert (told["changed"], told["columns"]) == (1, ["note"])
