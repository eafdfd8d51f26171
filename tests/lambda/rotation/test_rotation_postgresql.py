"""The rotation of logins on PostgreSQL, with verified TLS."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pg8000.native
import pytest

from common import clients
from common.errors import DatabaseFailure, InvalidSettings, PlaceholderSecret
from database import password_verifier
from database.address import Address
from database.postgresql import Database, connect, identifier
from database.secrets import Login
from database.tls import TlsConfig, TlsMode
from rotation.errors import InvalidSecret, RotationFailed, RotationHeld
from support.postgres import PASSWORD, Server
from support.secret_rotation import STEPS, Secret, create

PREFIX = "/payment/migration/abc123"
ROLES = ("master", "dms", "dms_clone", 'od"d', 'od"d_clone')


@dataclass(frozen=True)
class DatabaseServer:
    """A PostgreSQL server with a master user as on RDS (not a superuser) and a replication user."""

    server: Server

    @property
    def address(self) -> Mapping[str, object]:
        return {"host": "localhost", "port": self.server.port, "dbname": "postgres"}

    @contextmanager
    def login(self, value: Mapping[str, Any]) -> Iterator[Database]:
        """Log in with the value of a secret."""
        where = Address("localhost", self.server.port, "postgres")
        login = Login(value["username"], value["password"])
        with connect(where, login, TlsConfig(TlsMode.VERIFY_FULL, self.server.roots)) as database:
            yield database

    def current_user(self, value: Mapping[str, Any]) -> object:
        """Return the current user of a session."""
        with self.login(value) as database:
            return database.value("select current_user::text")

    def rejects(self, value: Mapping[str, Any]) -> bool:
        """Return whether the server rejects the password."""
        try:
            with self.login(value):
                return False
        except DatabaseFailure as error:
            assert error.sqlstate == "28P01"
            return True


@pytest.fixture
def database_server(aws: None, source_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseServer]:
    monkeypatch.setenv("DB_CA_DIR", str(source_server.roots))
    source_server.run("create role master login createrole password 'first'")
    source_server.run("create role dms login password 'first'")
    yield DatabaseServer(source_server)
    for role in ROLES:
        if source_server.run(f"select 1 from pg_roles where rolname = '{role}'"):
            source_server.run(f"drop owned by {identifier(role)}; drop role {identifier(role)}")


@pytest.fixture
def master(database_server: DatabaseServer, monkeypatch: pytest.MonkeyPatch) -> Secret:
    secret = create(
        "secret-master-abc123-db", {"engine": "aurora-postgresql", "username": "master", "password": "first"}
    )
    monkeypatch.setenv("DATABASES", json.dumps({secret.arn: database_server.address}))
    return secret


@pytest.fixture
def dms(database_server: DatabaseServer, master: Secret) -> Secret:
    return create("secret-dms-abc123-source", user(database_server, "dms", master))


def user(database_server: DatabaseServer, name: str, master: Secret) -> dict[str, object]:
    return {
        "engine": "postgres",
        "username": name,
        "password": "first",
        "masterarn": master.arn,
        **database_server.address,
    }


def set_writer(monkeypatch: pytest.MonkeyPatch, writer: str) -> None:
    monkeypatch.setenv("PARAMETER_PREFIX", PREFIX)
    for name, value in {"writer": writer, "traffic/hold": "none"}.items():
        clients.ssm().put_parameter(Name=f"{PREFIX}/{name}", Value=value, Type="String", Overwrite=True)


def replication_connection(database_server: DatabaseServer, value: Mapping[str, Any]) -> pg8000.native.Connection:
    """Open a replication connection."""
    return pg8000.native.Connection(
        value["username"],
        host="127.0.0.1",
        port=database_server.server.port,
        database="postgres",
        password=value["password"],
        replication="database",
    )


# Single user


def test_master_user_gets_a_new_password(database_server: DatabaseServer, master: Secret) -> None:
    first = master.value()
    made = master.rotate()
    assert made == {**first, "password": made["password"]}
    assert database_server.current_user(made) == "master"
    assert database_server.rejects(first)


def test_password_has_letters_and_digits_only(master: Secret) -> None:
    password = master.rotate()["password"]
    assert password.isalnum()
    assert len(password) == 32


def test_rotation_killed_after_any_step_completes(database_server: DatabaseServer, master: Secret) -> None:
    begun = master.begin()
    for done in range(1, len(STEPS) + 1):
        for name in STEPS[:done]:
            begun.step(name)
    assert database_server.current_user(master.value()) == "master"


def test_restored_database_with_previous_password_is_rotated(database_server: DatabaseServer, master: Secret) -> None:
    first = master.value()
    master.rotate()
    database_server.server.run("alter role master password 'first'")
    made = master.rotate()
    assert database_server.current_user(made) == "master"
    assert database_server.rejects(first)


def test_master_user_without_valid_password_is_reported(database_server: DatabaseServer, master: Secret) -> None:
    database_server.server.run("alter role master password 'changed by hand'")
    begun = master.begin()
    begun.step("createSecret")
    with pytest.raises(RotationFailed, match=r"no password of the secret .* is accepted on localhost"):
        begun.step("setSecret")


def test_unreachable_database_is_not_reported_as_wrong_password(
    database_server: DatabaseServer, master: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = master.begin()
    begun.step("createSecret")
    monkeypatch.setenv("DATABASES", json.dumps({master.arn: {**database_server.address, "port": 1}}))
    with pytest.raises(DatabaseFailure, match="SQLSTATE 08006"):
        begun.step("setSecret")


def test_untrusted_server_receives_no_password(
    master: Secret, target_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = master.begin()
    begun.step("createSecret")
    monkeypatch.setenv("DB_CA_DIR", str(target_server.roots))
    with pytest.raises(DatabaseFailure, match="CERTIFICATE_VERIFY_FAILED"):
        begun.step("setSecret")


def test_secret_without_address_requires_databases_entry(master: Secret, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASES")
    with pytest.raises(InvalidSecret, match="has no host, and DATABASES does not name it"):
        master.begin().step("createSecret")


@pytest.mark.parametrize("databases", ["[]", '{"arn": {}}', "{"])
def test_invalid_databases_variable_is_rejected(
    master: Secret, monkeypatch: pytest.MonkeyPatch, databases: str
) -> None:
    monkeypatch.setenv("DATABASES", databases)
    with pytest.raises(InvalidSettings, match="DATABASES"):
        master.begin().step("createSecret")


def test_source_user_without_privileges_gets_a_new_password(database_server: DatabaseServer) -> None:
    value = {"engine": "postgres", "username": "dms", "password": "first", **database_server.address}
    made = create("secret-src-abc123-source-dms", value).rotate()
    assert database_server.current_user(made) == "dms"
    assert database_server.rejects(value)


def test_dry_run_with_placeholder_succeeds(master: Secret) -> None:
    master.put({"engine": "postgres", "username": "dms", "password": "drawn", "placeholder": "true"})
    master.begin(test_only=True).step("testSecret")


def test_placeholder_is_not_rotated(master: Secret) -> None:
    master.put({"username": "master", "password": "placeholder"})
    with pytest.raises(PlaceholderSecret):
        master.begin().step("createSecret")


@pytest.mark.parametrize("change", [{"username": "postgres"}, {"host": "other", "port": 5432, "dbname": "x"}])
def test_manually_changed_value_is_not_overwritten(master: Secret, change: dict[str, object]) -> None:
    begun = master.begin()
    begun.step("createSecret")
    master.put({**master.value(), **change})
    with pytest.raises(RotationFailed, match="name different users or databases"):
        begun.step("setSecret")


def test_rotation_held_before_its_change_changes_nothing(
    database_server: DatabaseServer, master: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = master.begin()
    begun.step("createSecret")
    set_writer(monkeypatch, "fenced")
    with pytest.raises(RotationHeld):
        begun.step("setSecret")
    assert database_server.current_user(master.value()) == "master"


def test_rotation_held_after_its_change_completes(
    database_server: DatabaseServer, master: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = master.begin()
    for name in STEPS[:2]:
        begun.step(name)
    set_writer(monkeypatch, "fenced")
    for name in STEPS[1:]:
        begun.step(name)
    assert database_server.current_user(master.value()) == "master"


def test_server_and_function_log_no_password(
    database_server: DatabaseServer, master: Secret, capfd: pytest.CaptureFixture[str]
) -> None:
    database_server.server.run("alter role master set log_statement = 'all'")
    password = master.rotate()["password"]
    server_log = (database_server.server.folder / "log").read_text()
    assert "alter role" in server_log
    assert password not in server_log + "".join(capfd.readouterr())


def test_md5_verifier_equals_that_of_the_server(database_server: DatabaseServer) -> None:
    database_server.server.run("set password_encryption = 'md5'; alter role dms password 'first'")
    [[kept]] = database_server.server.run("select rolpassword from pg_authid where rolname = 'dms'")
    assert kept == password_verifier.md5("first", "dms")


def test_server_with_md5_encryption_receives_an_md5_verifier(database_server: DatabaseServer, master: Secret) -> None:
    database_server.server.run("alter role master set password_encryption = 'md5'")
    begun = master.begin()
    for name in STEPS[:2]:
        begun.step(name)
    [[kept]] = database_server.server.run("select rolpassword from pg_authid where rolname = 'master'")
    assert kept == password_verifier.md5(begun.value("AWSPENDING")["password"], "master")


# Alternating users


def test_users_alternate_and_the_previous_one_stays_valid(database_server: DatabaseServer, dms: Secret) -> None:
    first = dms.value()
    second = dms.rotate()
    third = dms.rotate()
    assert [value["username"] for value in (first, second, third)] == ["dms", "dms_clone", "dms"]
    assert database_server.rejects(first)
    assert [database_server.current_user(value) for value in (second, third)] == ["dms", "dms"]
    fourth = dms.rotate()
    assert database_server.rejects(second)
    assert [database_server.current_user(value) for value in (third, fourth)] == ["dms", "dms"]


def test_fenced_user_gets_a_fenced_clone(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("alter role dms nologin")
    value = dms.rotate()
    assert value["username"] == "dms_clone"
    with pytest.raises(DatabaseFailure, match="not permitted to log in"), database_server.login(value):
        pass
    database_server.server.run("alter role dms login")
    dms.rotate()
    database_server.current_user(dms.rotate())


def test_objects_of_the_clone_belong_to_the_original(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("grant create on schema public to dms")
    with database_server.login(dms.rotate()) as database:
        database.run("create table awsdms_rotated (id int)")
    assert database_server.server.run("select tableowner from pg_tables where tablename = 'awsdms_rotated'") == [
        ["dms"]
    ]


def test_clone_user_can_replicate_as_the_original(database_server: DatabaseServer, dms: Secret, master: Secret) -> None:
    database_server.server.run("alter role dms replication")
    master.put({"username": "postgres", "password": PASSWORD})
    with database_server.login(dms.rotate()) as database:
        database.run("select pg_create_logical_replication_slot('rotated', 'test_decoding', true)")
    with closing(replication_connection(database_server, dms.value())) as session:
        session.run("CREATE_REPLICATION_SLOT by_protocol TEMPORARY LOGICAL test_decoding")
    assert database_server.server.run("select rolreplication from pg_roles where rolname = 'dms_clone'") == [[True]]


def test_incomplete_clone_user_is_completed(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("create role dms_clone login")
    assert database_server.current_user(dms.rotate()) == "dms"


def test_special_user_name_is_quoted(database_server: DatabaseServer, master: Secret) -> None:
    database_server.server.run('create role "od""d" login password \'first\'')
    odd = create("secret-odd-abc123-db", user(database_server, 'od"d', master))
    assert database_server.current_user(odd.rotate()) == 'od"d'


def test_too_long_clone_name_is_reported(database_server: DatabaseServer, master: Secret) -> None:
    long = create("secret-long-abc123-db", user(database_server, "x" * 58, master))
    with pytest.raises(InvalidSecret, match="longer than 63 bytes"):
        long.begin().step("createSecret")


def test_user_who_cannot_log_in_is_not_rotated_by_the_administrator(
    database_server: DatabaseServer, dms: Secret
) -> None:
    dms.put({**dms.value(), "password": "guessed"})
    begun = dms.begin()
    begun.step("createSecret")
    with pytest.raises(RotationFailed, match=r"'dms' of the secret .* cannot log in"):
        begun.step("setSecret")


def test_administrator_of_another_database_is_rejected(
    database_server: DatabaseServer, dms: Secret, master: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = dms.begin()
    begun.step("createSecret")
    monkeypatch.setenv("DATABASES", json.dumps({master.arn: {**database_server.address, "host": "127.0.0.1"}}))
    with pytest.raises(RotationFailed, match="name different users or databases"):
        begun.step("setSecret")


def test_dry_run_of_alternating_users_succeeds(dms: Secret) -> None:
    dms.begin(test_only=True).step("testSecret")


def test_dry_run_with_wrong_password_fails(dms: Secret) -> None:
    dms.put({**dms.value(), "password": "guessed"})
    with pytest.raises(RotationFailed, match="does not work yet"):
        dms.begin(test_only=True).step("testSecret")


def test_dry_run_succeeds_before_the_user_exists(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("drop role dms")
    dms.begin(test_only=True).step("testSecret")


def test_secret_of_a_user_that_does_not_exist_gets_a_new_password(database_server: DatabaseServer, dms: Secret) -> None:
    database_server.server.run("drop role dms")
    dms.rotate()
    assert dms.value()["username"] == "dms"
    assert dms.value()["password"] != "first"
    assert not database_server.server.run("select 1 from pg_roles where rolname like 'dms%'")


def test_user_that_is_created_during_its_rotation_gets_the_new_password(
    database_server: DatabaseServer, dms: Secret
) -> None:
    database_server.server.run("drop role dms")
    begun = dms.begin()
    begun.step("createSecret")
    database_server.server.run("create role dms login password 'first'")
    for step in STEPS[1:]:
        begun.step(step)
    assert database_server.current_user(dms.value()) == "dms"
