"""Endpoints of the local DMS: logins, secrets, addresses, TLS and the statements of a target session."""

import json
from typing import Any

import pytest

from common import clients
from local_aws.dms_data_plane.endpoints import Address, TlsMode
from support import postgres
from support.replication_service import faults
from support.secrets import create_secret
from support.task_driver import EndpointDatabase, TaskDriver
from support.waiting import wait_until

_HOST = "db.corp.example.com"


def secret_of(database: EndpointDatabase, **values: Any) -> str:
    """Create a secret with the login and the address of a database."""
    login = {"username": database.user, "password": database.password, "dbname": database.name}
    return create_secret("login", {**login, "host": "127.0.0.1", "port": database.port, **values})


def endpoint_with_secret(driver: TaskDriver, secret: str) -> str:
    """Create a source endpoint without a login of its own."""
    is_postgresql = driver.source.engine == "postgres"
    parameters: dict[str, Any] = {
        "PostgreSQLSettings" if is_postgresql else "MySQLSettings": {"SecretsManagerSecretId": secret},
        **({"DatabaseName": driver.source.name} if is_postgresql else {}),
    }
    created = clients.dms().create_endpoint(
        EndpointIdentifier="with-secret", EndpointType="source", EngineName=driver.source.engine, **parameters
    )
    return created["Endpoint"]["EndpointArn"]


def test_connection_test_logs_in(driver: TaskDriver) -> None:
    assert driver.test_connection(driver.endpoint("source", driver.source)) == ("successful", "")
    state, message = driver.test_connection(driver.endpoint("source", driver.source, Password="wrong"))
    assert (state, "ccess denied" in message or "password authentication failed" in message) == ("failed", True)


def test_connection_to_an_unreachable_server_fails(driver: TaskDriver) -> None:
    faults().unreachable_servers.append(f"127.0.0.1:{driver.source.port}")
    state, message = driver.test_connection(driver.endpoint("source", driver.source))
    assert (state, message) == ("failed", f"127.0.0.1:{driver.source.port}: no route to host")


def test_login_and_address_are_those_of_the_secret(driver: TaskDriver) -> None:
    secret = secret_of(driver.source)
    endpoint = endpoint_with_secret(driver, secret)
    assert driver.test_connection(endpoint)[0] == "successful"
    clients.secretsmanager().put_secret_value(SecretId=secret, SecretString=json.dumps({"username": "nobody"}))
    assert driver.test_connection(endpoint)[0] == "failed"


def test_task_reads_its_secret_again_for_a_new_session(driver: TaskDriver) -> None:
    secret = secret_of(driver.source)
    ends = endpoint_with_secret(driver, secret), driver.endpoint("target", driver.target)
    task = driver.load(endpoints=ends)
    driver.stop(task)
    value = {"username": driver.source.user, "password": "wrong", "host": "127.0.0.1", "port": driver.source.port}
    clients.secretsmanager().put_secret_value(SecretId=secret, SecretString=json.dumps(value))
    driver.start(task, "resume-processing")
    assert "with-secret" in driver.failure(task)


def test_host_is_replaced_by_the_address_of_a_test_server(driver: TaskDriver) -> None:
    endpoint = driver.endpoint("source", driver.source, ServerName=_HOST)
    assert driver.test_connection(endpoint)[0] == "failed"
    faults().addresses[f"{_HOST}:{driver.source.port}"] = Address("127.0.0.1", driver.source.port)
    assert driver.test_connection(endpoint)[0] == "successful"


def test_certificate_of_the_server_is_verified(driver: TaskDriver, source_server: postgres.Server) -> None:
    (root,) = source_server.roots.glob("*.pem")
    certificate = clients.dms().import_certificate(CertificateIdentifier="root", CertificatePem=root.read_text())[
        "Certificate"
    ]["CertificateArn"]
    verified = driver.endpoint("source", driver.source, SslMode="verify-full", ServerName="localhost")
    assert "certificate verify failed" in driver.test_connection(verified)[1]
    verified = driver.endpoint(
        "source", driver.source, SslMode="verify-full", ServerName="localhost", CertificateArn=certificate
    )
    assert driver.test_connection(verified) == ("successful", "")


def test_task_reads_over_tls(driver: TaskDriver) -> None:
    faults().addresses[f"{_HOST}:{driver.source.port}"] = Address("127.0.0.1", driver.source.port, TlsMode.REQUIRE)
    source = driver.endpoint("source", driver.source, ServerName=_HOST)
    driver.load(endpoints=(source, driver.endpoint("target", driver.target)))
    driver.source.run("insert into payments values (1, 'a', '')")
    driver.await_equality()


def add_trigger(database: EndpointDatabase) -> None:
    """Add a trigger that changes each inserted payment."""
    if database.engine == "postgres":
        database.run(
            "create function stamp() returns trigger language plpgsql as"
            " $$ begin new.note := 'by trigger'; return new; end $$;"
            " create trigger stamp before insert on payments for each row execute function stamp()"
        )
    else:
        database.run("create trigger stamp before insert on payments for each row set new.note = 'by trigger'")


@pytest.mark.parametrize(
    ("script", "note"), [("SET session_replication_role = 'replica'", "by payer"), ("", "by trigger")]
)
def test_script_of_a_postgresql_target_disables_triggers(postgresql: TaskDriver, script: str, note: str) -> None:
    add_trigger(postgresql.target)
    settings = {"PostgreSQLSettings": {"AfterConnectScript": script}} if script else {}
    target = postgresql.endpoint("target", postgresql.target, **settings)
    postgresql.load(endpoints=(postgresql.endpoint("source", postgresql.source), target))
    postgresql.source.run("insert into payments values (1, 'a', 'by payer')")
    wait_until(lambda: [row[2] for row in postgresql.target.rows()] == [note])


def test_user_without_the_right_to_disable_triggers_fails_the_task(postgresql: TaskDriver) -> None:
    user = f"user_{postgresql.target.name}"
    postgresql.target.run(f"create role {user} login password 'x'; grant all on schema public to {user}")
    script = {"AfterConnectScript": "SET session_replication_role = 'replica'"}
    target = postgresql.endpoint("target", postgresql.target, Username=user, Password="x", PostgreSQLSettings=script)
    task = postgresql.task(endpoints=(postgresql.endpoint("source", postgresql.source), target))
    postgresql.start(task)
    assert "session_replication_role" in postgresql.failure(task)
    postgresql.target.run(f"drop owned by {user}; drop role {user}")


def test_foreign_keys_are_checked_without_the_initial_statement(mysql: TaskDriver) -> None:
    rules = [("include", mysql.source.schema, "refunds")]
    mysql.source.run("insert into payments values (1, 'a', '')")
    mysql.source.run("insert into refunds values (1, 1)")
    checked = mysql.task(rules=rules, settings={"ErrorBehavior": {"TableErrorPolicy": "STOP_TASK"}})
    mysql.start(checked)
    assert "foreign key" in mysql.failure(checked)
    attributes = "initstmt=SET FOREIGN_KEY_CHECKS=0"
    target = mysql.endpoint("target", mysql.target, ExtraConnectionAttributes=attributes)
    mysql.load(rules=rules, endpoints=(mysql.endpoint("source", mysql.source), target), name="unchecked")
    assert mysql.source.rows("refunds") == mysql.target.rows("refunds")
