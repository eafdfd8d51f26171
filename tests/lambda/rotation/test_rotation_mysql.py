"""The rotation of logins on MariaDB, with verified TLS."""

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pymysql
import pytest
from pymysql.cursors import Cursor

from common.errors import DatabaseFailure
from rotation.errors import InvalidSecret, RotationFailed
from support import mariadb, postgres
from support.secret_rotation import STEPS, Secret, create


@dataclass(frozen=True)
class DatabaseServer:
    """A MariaDB server and the TLS context that trusts it."""

    server: mariadb.Server
    trust: ssl.SSLContext

    @property
    def address(self) -> Mapping[str, object]:
        return {"host": "localhost", "port": self.server.port, "dbname": "payments"}

    @contextmanager
    def login(self, value: Mapping[str, Any]) -> Iterator[Cursor]:
        """Log in with the value of a secret."""
        with (
            pymysql.connect(
                host="localhost",
                port=self.server.port,
                user=value["username"],
                password=value["password"],
                ssl=self.trust,
                autocommit=True,
            ) as connection,
            connection.cursor() as cursor,
        ):
            yield cursor

    def rejects(self, value: Mapping[str, Any]) -> bool:
        """Return whether the server rejects the password."""
        try:
            with self.login(value):
                return False
        except pymysql.err.OperationalError as error:
            assert error.args[0] == 1045
            return True


@pytest.fixture(scope="module")
def server(source_server: postgres.Server) -> Iterator[mariadb.Server]:
    started = mariadb.start(source_server.folder)
    started.run("create database payments")
    started.run("create table payments.payment (id int primary key)")
    yield started
    started.stop()


@pytest.fixture
def database_server(
    aws: None, server: mariadb.Server, source_server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseServer]:
    monkeypatch.setenv("DB_CA_DIR", str(source_server.roots))
    server.run("create user master@'%%' identified by 'first'")
    server.run("grant all on *.* to master@'%%' with grant option")
    server.run("create user dms@'%%' identified by 'first' require ssl")
    server.run("grant replication slave, replication client on *.* to dms@'%%'")
    server.run("grant select, insert on `payments`.* to dms@'%%' with grant option")
    yield DatabaseServer(server, ssl.create_default_context(cafile=str(source_server.roots / "ca.pem")))
    for name in ("master", "dms", "dms_clone"):
        server.run(f"drop user if exists {name}@'%%'")


@pytest.fixture
def master(database_server: DatabaseServer, monkeypatch: pytest.MonkeyPatch) -> Secret:
    secret = create("secret-master-abc123-db", {"engine": "aurora-mysql", "username": "master", "password": "first"})
    monkeypatch.setenv("DATABASES", json.dumps({secret.arn: database_server.address}))
    return secret


@pytest.fixture
def dms(database_server: DatabaseServer, master: Secret) -> Secret:
    value = {
        "engine": "mysql",
        "username": "dms",
        "password": "first",
        "masterarn": master.arn,
        **database_server.address,
    }
    return create("secret-dms-abc123-source", value)


def test_master_user_gets_a_new_password(database_server: DatabaseServer, master: Secret) -> None:
    first = master.value()
    made = master.rotate()
    assert database_server.rejects(first)
    assert not database_server.rejects(made)


def test_user_without_privileges_gets_a_new_password(database_server: DatabaseServer, dms: Secret) -> None:
    first = {name: value for name, value in dms.value().items() if name != "masterarn"}
    made = create("secret-alone-abc123-db", first).rotate()
    assert database_server.rejects(first)
    assert not database_server.rejects(made)


def test_user_without_database_privilege_is_rotated(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("revoke all privileges, grant option from dms@'%%'")
    assert not database_server.rejects(dms.rotate())


def test_users_alternate_and_the_previous_one_stays_valid(database_server: DatabaseServer, dms: Secret) -> None:
    first = dms.value()
    second = dms.rotate()
    third = dms.rotate()
    assert [value["username"] for value in (first, second, third)] == ["dms", "dms_clone", "dms"]
    assert [database_server.rejects(value) for value in (first, second, third)] == [True, False, False]


def test_clone_user_has_the_privileges_of_the_original(database_server: DatabaseServer, dms: Secret) -> None:
    def grants(name: str) -> set[str]:
        shown = (str(row[0]) for row in database_server.server.run(f"show grants for {name}@'%%'"))
        return {grant.split(" IDENTIFIED BY ")[0].replace(f"`{name}`", "") for grant in shown}

    with database_server.login(dms.rotate()) as cursor:
        cursor.execute("insert into payments.payment values (1)")
        cursor.execute("show grants")
        assert "WITH GRANT OPTION" in str(cursor.fetchall())
    database_server.server.run("delete from payments.payment")
    assert grants("dms_clone") == grants("dms")


def test_clone_user_requires_tls_as_the_original(database_server: DatabaseServer, dms: Secret) -> None:
    dms.rotate()
    assert database_server.server.run("select ssl_type from mysql.user where user = 'dms_clone'") == [("ANY",)]


def test_incomplete_clone_user_is_completed(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("create user dms_clone@'%%' identified by 'unfinished'")
    with database_server.login(dms.rotate()) as cursor:
        assert cursor.execute("select * from payments.payment") == 0


def test_rotation_killed_after_any_step_completes(database_server: DatabaseServer, dms: Secret) -> None:
    begun = dms.begin()
    for done in range(1, len(STEPS) + 1):
        for name in STEPS[:done]:
            begun.step(name)
    assert not database_server.rejects(dms.value())


def test_user_who_cannot_log_in_is_not_rotated_by_the_administrator(dms: Secret) -> None:
    dms.put({**dms.value(), "password": "guessed"})
    begun = dms.begin()
    begun.step("createSecret")
    with pytest.raises(RotationFailed, match="cannot log in"):
        begun.step("setSecret")


@pytest.mark.parametrize(("original", "clone"), [("lock", "unlock"), ("unlock", "lock")])
def test_fenced_user_gets_a_fenced_clone(
    database_server: DatabaseServer, dms: Secret, original: str, clone: str
) -> None:
    database_server.server.run(f"create user dms_clone@'%%' identified by 'old' account {clone}")
    database_server.server.run(f"alter user dms@'%%' account {original}")
    made = dms.rotate()
    ((created,),) = database_server.server.run("show create user dms_clone@'%%'")
    assert made["username"] == "dms_clone"
    assert ("ACCOUNT LOCK" in created) is (original == "lock")


def test_dry_run_succeeds_before_the_user_exists(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("drop user dms")
    dms.begin(test_only=True).step("testSecret")


def test_locked_user_with_wrong_password_is_rejected(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("alter user dms@'%%' identified by 'other' account lock")
    begun = dms.begin()
    begun.step("createSecret")
    with pytest.raises(RotationFailed, match="cannot log in"):
        begun.step("setSecret")


def test_too_long_clone_name_is_reported(database_server: DatabaseServer, dms: Secret) -> None:
    dms.put({**dms.value(), "username": "x" * 27})
    with pytest.raises(InvalidSecret, match="longer than 32 bytes"):
        dms.begin().step("createSecret")


def test_untrusted_server_receives_no_password(
    dms: Secret, target_server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = dms.begin()
    begun.step("createSecret")
    monkeypatch.setenv("DB_CA_DIR", str(target_server.roots))
    with pytest.raises(DatabaseFailure, match="the connection failed"):
        begun.step("setSecret")


def test_function_logs_no_password(master: Secret, capfd: pytest.CaptureFixture[str]) -> None:
    password = master.rotate()["password"]
    assert password not in "".join(capfd.readouterr())


def test_error_contains_no_statement(database_server: DatabaseServer, dms: Secret, master: Secret) -> None:
    begun = dms.begin()
    begun.step("createSecret")
    database_server.server.run("revoke all privileges, grant option from master@'%%'")
    with pytest.raises(DatabaseFailure, match=r"the statement failed \(MySQL error \d+\)"):
        begun.step("setSecret")
