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
