"""Fixtures: real servers for the session, a fresh estate and a fresh AWS for each test."""

from collections.abc import Iterator

import estate as estates
import mariadb
import postgres
import pytest
from common import clients
from moto import mock_aws


@pytest.fixture(scope="session")
def source_server() -> Iterator[postgres.Server]:
    server = postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def target_server() -> Iterator[postgres.Server]:
    server = postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mariadb_server(source_server: postgres.Server) -> Iterator[mariadb.Server]:
    if not mariadb.is_installed():
        pytest.skip("MariaDB is not installed")
    server = mariadb.start(source_server.folder)
    yield server
    server.stop()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    # The replication service of the tests answers for DMS.
    with mock_aws(config={"core": {"mock_credentials": True, "passthrough": {"services": ["dms"]}}}):
        clients.forget()
        yield
    clients.forget()


@pytest.fixture
def estate(aws: None, source_server: postgres.Server, target_server: postgres.Server) -> Iterator[estates.Estate]:
    with estates.estate(source_server, target_server) as made:
        yield made
