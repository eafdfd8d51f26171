"""Connections: who is trusted, and what an error tells."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from common.errors import DatabaseFailure
from common.settings import Variables
from database import mysql
from database.address import Address
from database.postgresql import connect
from database.secrets import Login
from database.tls import TlsConfig, TlsMode, parse_tls_config
from support import mariadb
from support.postgres import PASSWORD, Server

_LOGIN = Login("postgres", PASSWORD)


def test_a_server_is_trusted_by_its_authority_and_its_name(source_server: Server) -> None:
    tls = TlsConfig(TlsMode.VERIFY_FULL, source_server.roots)
    with connect(Address("localhost", source_server.port, "postgres"), _LOGIN, tls) as database:
        assert database.value("select ssl from pg_stat_ssl where pid = pg_backend_pid()") is True


def test_a_name_that_the_certificate_does_not_carry_is_refused(source_server: Server) -> None:
    tls = TlsConfig(TlsMode.VERIFY_FULL, source_server.roots)
    address = Address("127.0.0.1", source_server.port, "postgres")
    with pytest.raises(DatabaseFailure, match="08006"), connect(address, _LOGIN, tls):
        pass


def test_an_authority_that_nobody_named_is_refused(source_server: Server) -> None:
    address = Address("localhost", source_server.port, "postgres")
    with pytest.raises(DatabaseFailure, match="08006"), connect(address, _LOGIN, parse_tls_config(Variables({}))):
        pass


@pytest.mark.parametrize(
    "sql",
    [
        "select cast('4111111111111111x' as bigint)",
        "create temp table t (pan text primary key); insert into t values ('4111111111111111'), ('4111111111111111')",
    ],
)
def test_an_error_quotes_no_value(source_server: Server, sql: str) -> None:
    address = Address("127.0.0.1", source_server.port, "postgres")
    with (
        pytest.raises(DatabaseFailure) as failure,
        connect(address, _LOGIN, TlsConfig(TlsMode.OFF, Path())) as database,
    ):
        database.run(sql)
    assert "4111" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_a_statement_ends_with_its_limit(source_server: Server) -> None:
    address = Address("127.0.0.1", source_server.port, "postgres")
    with (
        pytest.raises(DatabaseFailure, match="57014"),
        connect(address, _LOGIN, TlsConfig(TlsMode.OFF, Path()), timeout=0.2) as database,
    ):
        database.run("select pg_sleep(5)")


def test_a_session_of_mysql_depends_on_no_defaults(mariadb_server: mariadb.Server) -> None:
    with _mysql(mariadb_server, timeout=3) as session:
        settings = "@@tx_isolation, @@time_zone, @@sql_mode, @@lock_wait_timeout, @@innodb_lock_wait_timeout"
        assert session.rows(f"select {settings}") == [("READ-COMMITTED", "+00:00", "", 3, 3)]


def test_a_statement_of_mysql_ends_with_its_limit(mariadb_server: mariadb.Server) -> None:
    with pytest.raises(DatabaseFailure, match="57014"), _mysql(mariadb_server, timeout=0.2) as session:
        session.rows("select sleep(5)")


def _mysql(server: mariadb.Server, timeout: float) -> AbstractContextManager[mysql.Session]:
    address, login = Address("127.0.0.1", server.port, "mysql"), Login("admin", mariadb.PASSWORD)
    return mysql.connect(address, login, TlsConfig(TlsMode.OFF, Path()), timeout=timeout)


def test_money_is_written_alike_on_every_server(source_server: Server) -> None:
    source_server.run("alter role postgres set lc_monetary = 'POSIX'")
    try:
        with connect(
            Address("localhost", source_server.port, "postgres"), _LOGIN, TlsConfig(TlsMode.OFF, Path())
        ) as database:
            assert database.value("show lc_monetary") == "C"
    finally:
        source_server.run("alter role postgres reset lc_monetary")
