"""The users of the migration with an administrator that is not a superuser, as on Amazon RDS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cutover.postgresql.accounts import Accounts
from database.address import Address
from database.postgresql import Database, connect
from database.secrets import Login
from database.tls import TlsConfig, TlsMode
from support.postgres import Server

_ROLES = "rds_superuser", "rds_replication"


@pytest.fixture
def master(source_server: Server) -> Iterator[Database]:
    source_server.run("create role master login createrole password 'first'")
    source_server.run("create database managed owner master")
    for role in _ROLES:
        source_server.run(f"create role {role}; grant {role} to master with admin option")
    address = Address("127.0.0.1", source_server.port, "managed")
    with connect(address, Login("master", "first"), TlsConfig(TlsMode.OFF, Path())) as database:
        yield database
    source_server.run("drop database managed with (force)")
    source_server.run(f"drop role if exists replicator; drop role master, {', '.join(_ROLES)}")


def memberships(master: Database) -> list[str]:
    found = master.rows(
        "select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid"
        " join pg_roles u on u.oid = m.member where u.rolname = 'replicator' order by 1"
    )
    return [row[0] for row in found]


def test_rds_administrator_grants_role_memberships(master: Database) -> None:
    Accounts(master).ensure_replication_user(Login("replicator", "second"), [], "public")
    assert memberships(master) == ["rds_replication", "rds_superuser"]


def test_rds_administrator_without_grant_option_grants_rds_superuser(master: Database, source_server: Server) -> None:
    source_server.run("grant set on parameter session_replication_role to master")
    try:
        Accounts(master).ensure_replication_user(Login("replicator", "second"), [], "public")
        assert memberships(master) == ["rds_replication", "rds_superuser"]
    finally:
        source_server.run("revoke set on parameter session_replication_role from master")


def test_rds_administrator_with_grant_option_grants_the_parameter_only(master: Database, source_server: Server) -> None:
    source_server.run("grant set on parameter session_replication_role to master with grant option")
    try:
        Accounts(master).ensure_replication_user(Login("replicator", "second"), [], "public")
        assert memberships(master) == ["rds_replication"]
    finally:
        source_server.run("revoke set on parameter session_replication_role from master cascade")
