"""Database connections: TLS verification, time-outs and errors."""

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


def test_server_with_trusted_authority_and_name_is_accepted(source_server: Server) -> None:
    tls = TlsConfig(TlsMode.VERIFY_FULL, source_server.roots)
    with connect(Address("localhost", source_server.port, "postgres"), _LOGIN, tls) as database:
        assert database.value("select ssl from pg_stat_ssl where pid = pg_backend_pid()") is True


def test_name_missing_in_certificate_is_rejected(source_server: Server) -> None:
    tls = TlsConfig(TlsMode.VERIFY_FULL, source_server.roots)
    address = Address("127.0.0.1", source_server.port, "postgres")
    with pytest.raises(DatabaseFailure, match="08006"), connect(address, _LOGIN, tls):
        pass


def test_unknown_certificate_authority_is_rejected(source_server: Server) -> None:
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
def test_database_error_contains_no_value(source_server: Server, sql: str) -> None:
    address = Address("127.0.0.1", source_server.port, "postgres")
    with (
        pytest.raises(DatabaseFailure) as failure,
        connect(address, _LOGIN, TlsConfig(TlsMode.OFF, Path())) as database,
    ):
        database.run(sql)
    assert "4111" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_statement_ends_at_its_timeout(source_server: Server) -> None:
    address = Address("127.0.0.1", source_server.port, "postgres")
    with (
        pytest.raises(DatabaseFailure, match="57014"),
        connect(address, _LOGIN, TlsConfig(TlsMode.OFF, Path()), timeout=0.2) as database,
    ):
        database.run("select pg_sleep(5)")


def test_mysql_session_sets_its_own_modes(mariadb_server: mariadb.Server) -> None:
    with _mysql(mariadb_server, timeout=3) as session:
        settings = "@@tx_isolation, @@time_zone, @@sql_mode, @@lock_wait_timeout, @@innodb_lock_wait_timeout"
        assert session.rows(f"select {settings}") == [("READ-COMMITTED", "+00:00", "", 3, 3)]


def test_mysql_statement_ends_at_its_timeout(mariadb_server: mariadb.Server) -> None:
    with pytest.raises(DatabaseFailure, match="57014"), _mysql(mariadb_server, timeout=0.2) as session:
        session.rows("select sleep(5)")


def _mysql(server: mariadb.Server, timeout: float) -> AbstractContextManager[mysql.Session]:
    address, login = Address("127.0.0.1", server.port, "mysql"), Login("admin", mariadb.PASSWORD)
    return mysql.connect(address, login, TlsConfig(TlsMode.OFF, Path()), timeout=timeout)


def test_money_has_one_format_on_every_server(source_server: Server) -> None:
    source_server.run("alter role postgres set lc_monetary = 'POSIX'")
    try:
        with connect(
            Address("localhost", source_server.port, "postgres"), _LOGIN, TlsConfig(TlsMode.OFF, Path())
        ) as database:
            assert database.value("show lc_monetary") == "C"
    finally:
        source_server.run("alter role postgres reset lc_monetary")
