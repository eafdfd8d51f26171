"""A global database whose region changes: a primary and a streaming standby."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from common import clients
from common.errors import DatabaseFailure
from database import global_database, postgresql
from database.address import Address
from database.secrets import Login
from database.tls import TlsConfig, TlsMode
from payment_api import handler
from support import postgres
from support.payment_environment import SCHEMA
from support.postgres import Server
from support.secret_rotation import Secret, create
from support.secrets import create_secret

PREFIX: Final = "/payment/migration/abc123"
HOSTS: Final = ("127.0.0.2", "127.0.0.3")
UNUSED_HOST: Final = "127.0.0.4"
ADMINISTRATOR: Final = Login("admin", "first")


@dataclass
class GlobalDatabase:
    """Two clusters on one port; the primary replicates to the standby."""

    primary: Server
    standby: Server
    tls: TlsConfig

    @property
    def port(self) -> int:
        return self.primary.port

    def address(self, *hosts: str) -> Address:
        return Address("unused", self.port, "postgres").with_hosts(hosts or HOSTS)

    def writer(self, *hosts: str) -> str:
        """Return the host of the cluster on which a session is opened."""
        with postgresql.connect(self.address(*hosts), ADMINISTRATOR, self.tls, timeout=4) as database:
            return str(database.value("select host(inet_server_addr())"))

    def wait_for_standby(self) -> None:
        """Wait until the standby has applied what the primary has committed."""
        position = self.primary.run("select pg_current_wal_lsn()")[0][0]
        for _ in range(1000):
            if self.standby.run(f"select pg_last_wal_replay_lsn() >= '{position}'")[0][0]:
                return
            time.sleep(0.01)
        raise AssertionError("the standby did not catch up")

    def change_region(self) -> None:
        """Promote the standby after the loss of the primary, as a failover of a global database does."""
        self.wait_for_standby()
        self.primary.stop()
        self.standby.control("promote", "-w")


@pytest.fixture
def database() -> Iterator[GlobalDatabase]:
    primary = postgres.start(HOSTS[0], *HOSTS)
    primary.run("create role admin login createrole superuser password 'first'")
    primary.run("create role payment_app login password 'first'")
    with (primary.folder / "data" / "pg_hba.conf").open("a") as access:
        access.write("host replication all 127.0.0.0/8 scram-sha-256\nhost all all 127.0.0.0/8 scram-sha-256\n")
    primary.control("reload")
    primary.run(SCHEMA)
    primary.run("grant select, insert on payment to payment_app")
    standby = postgres.start_standby(primary, HOSTS[1])
    global_database._last_writers.clear()
    made = GlobalDatabase(primary, standby, TlsConfig(TlsMode.VERIFY_FULL, standby.roots))
    yield made
    for server in (standby, primary):
        if server.folder.exists():
            server.stop()


def test_session_is_opened_on_the_cluster_that_accepts_writes(database: GlobalDatabase) -> None:
    assert [database.writer(*HOSTS), database.writer(*reversed(HOSTS))] == [HOSTS[0], HOSTS[0]]


def test_cluster_with_another_name_in_its_certificate_is_passed_over(database: GlobalDatabase) -> None:
    assert database.writer("localhost.localdomain", HOSTS[0]) == HOSTS[0]


def test_session_follows_a_change_of_the_region(database: GlobalDatabase) -> None:
    assert database.writer() == HOSTS[0]
    database.change_region()
    assert database.writer() == HOSTS[1]


def test_database_without_a_writer_is_an_error(database: GlobalDatabase) -> None:
    with pytest.raises(DatabaseFailure, match=f"{HOSTS[1]} accepts no writes"):
        database.writer(HOSTS[1], UNUSED_HOST)


def test_rejected_login_is_reported_rather_than_an_unreachable_cluster(database: GlobalDatabase) -> None:
    wrong, address = Login("admin", "wrong"), database.address(UNUSED_HOST, HOSTS[0])
    with pytest.raises(DatabaseFailure) as raised, postgresql.connect(address, wrong, database.tls, timeout=4):
        pass
    assert raised.value.sqlstate == "28P01"


@pytest.fixture
def payments(database: GlobalDatabase, aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[GlobalDatabase]:
    login = {"username": "payment_app", "password": "first", "host": HOSTS[0]}
    create_secret("secret-target", {**login, "port": database.port, "dbname": "postgres"})
    for name, value in {"limits/currency": "EUR", "limits/largest-payment": "100000"}.items():
        clients.ssm().put_parameter(Name=f"{PREFIX}/{name}", Value=value, Type="String")
    monkeypatch.setenv("PARAMETER_PREFIX", PREFIX)
    monkeypatch.setenv("TARGET_SECRET", "secret-target")
    monkeypatch.setenv("TARGET_HOSTS", json.dumps(HOSTS))
    monkeypatch.setenv("DB_CA_DIR", str(database.tls.ca_dir))
    handler._api.cache_clear()
    yield database
    handler._api.cache_clear()


def pay(key: str) -> object:
    """Request a payment and return the status of the response."""
    request = {
        "requestContext": {"elb": {}},
        "httpMethod": "POST",
        "path": "/payments",
        "queryStringParameters": {},
        "headers": {"content-type": "application/json", "idempotency-key": key, "x-principal": "shop"},
        "body": json.dumps({"amount": 1250, "currency": "EUR", "token": "tok_7f3a91c2"}),
        "isBase64Encoded": False,
    }
    return handler.handle(request, None)["statusCode"]


def test_payments_continue_after_a_change_of_the_region(payments: GlobalDatabase) -> None:
    assert pay("before") == 201
    payments.change_region()
    assert [pay("before"), pay("after")] == [201, 201]
    assert payments.standby.run("select count(*) from payment") == [[2]]


def test_rotation_continues_after_a_change_of_the_region(
    database: GlobalDatabase, aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = {"engine": "postgres", "password": "first"}
    administrator = create("secret-main-abc123-db", {**user, "username": "admin"})
    place = {"host": HOSTS[0], "port": database.port, "dbname": "postgres"}
    application = create(
        "secret-main-abc123-app", {**user, **place, "username": "payment_app", "masterarn": administrator.arn}
    )
    address = {"hosts": HOSTS, "port": database.port, "dbname": "postgres"}
    monkeypatch.setenv("DATABASES", json.dumps({secret.arn: address for secret in (administrator, application)}))
    monkeypatch.setenv("DB_CA_DIR", str(database.tls.ca_dir))
    database.change_region()
    rotated: list[Secret] = [administrator, application]
    for secret in rotated:
        value = secret.rotate()
        login = Login(value["username"], value["password"])
        with postgresql.connect(database.address(HOSTS[1]), login, database.tls) as session:
            assert session.value("select session_user::text") == login.username
