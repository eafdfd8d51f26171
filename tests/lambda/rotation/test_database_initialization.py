"""The operation `initialize_database` of the rotation, on PostgreSQL with verified TLS."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from common import clients
from common.errors import DatabaseFailure, PreconditionFailed
from database.address import Address
from database.postgresql import connect
from database.secrets import Login
from database.tls import TlsConfig, TlsMode
from rotation import handler
from support.pipeline_environment import BODY, BUCKET, PREFIX, TABLE, Context, create_table
from support.postgres import Server
from support.secret_rotation import Secret, create
from transaction_processing import handler as transaction

DATABASE, USER = "initialized", "payment_app"
CREATED = {"created": ["payment", "payment_app"], "found": []}
FOUND = {"created": [], "found": ["payment", "payment_app"]}
INSERT = """
insert into payment (id, principal, idempotency_key, amount, currency, token)
values (gen_random_uuid(), 'p', gen_random_uuid()::text, 100, 'EUR', 'tok_7f3a91c2')
"""


@dataclass(frozen=True)
class EmptyDatabase:
    """A database whose owner, the administrator, is no superuser, and the secret of the payment code."""

    server: Server
    secret: Secret

    def administer(self, sql: str) -> list[list[Any]]:
        """Run SQL as the superuser."""
        return self.server.run(sql, DATABASE)

    def run(self, sql: str, value: Mapping[str, Any] | None = None) -> int:
        """Run SQL with the current value of the secret, or another one."""
        login = value or self.secret.value()
        address = Address("localhost", self.server.port, DATABASE)
        tls = TlsConfig(TlsMode.VERIFY_FULL, self.server.roots)
        with connect(address, Login(login["username"], login["password"]), tls) as database:
            return database.run(sql)

    def refuses(self, sql: str) -> bool:
        """Return whether the database refuses a statement for lack of a privilege."""
        with pytest.raises(DatabaseFailure) as failure:
            self.run(sql)
        return failure.value.sqlstate == "42501"


@pytest.fixture
def database(aws: None, source_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmptyDatabase]:
    server = source_server
    server.run("create role administrator login createrole password 'first'")
    server.run(f"create database {DATABASE} owner administrator")
    address = asdict(Address("localhost", server.port, DATABASE))
    master = create("master", {"username": "administrator", "password": "first", **address})
    secret = create(
        "application",
        {"username": USER, "password": "generated", "masterarn": master.arn, "engine": "aurora-postgresql"} | address,
    )
    monkeypatch.setenv("DB_CA_DIR", str(server.roots))
    monkeypatch.setenv("APPLICATION_SECRET", secret.arn)
    yield EmptyDatabase(server, secret)
    server.run(f"drop database {DATABASE} with (force)")
    for role in (f"{USER}_clone", USER, "administrator"):
        server.run(f"drop role if exists {role}")


def initialize() -> object:
    return handler.handle({"operation": "initialize_database"}, None)


def test_user_and_tables_are_created(database: EmptyDatabase) -> None:
    assert initialize() == CREATED
    assert database.run(INSERT) == 1


def test_transaction_processing_books_a_payment_with_the_user(
    database: EmptyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    initialize()
    create_table()
    clients.s3().create_bucket(Bucket=BUCKET)
    variables = {"TABLE_TRANSACTIONS": TABLE, "BUCKET_AUDIT": BUCKET, "PARAMETER_PREFIX": PREFIX}
    for name, value in {**variables, "TARGET_SECRET": database.secret.arn}.items():
        monkeypatch.setenv(name, value)
    transaction._booking.cache_clear()
    order = {**BODY, "principal": "p", "idempotency_key": "k1"}
    verdict = {"decision": "approve", "score": 0.0, "reasons": []}
    assert transaction.handle({"action": "health"}, Context()) == {"outcome": "healthy"}
    booked = transaction.handle({"action": "book", "order": order, "verdict": verdict}, Context())
    assert booked["outcome"] == "booked"
    assert database.administer("select principal, amount from payment") == [["p", 1250]]
    transaction._booking.cache_clear()


def test_second_run_changes_nothing(database: EmptyDatabase) -> None:
    initialize()
    database.run(INSERT)
    before = database.administer("select rolpassword from pg_authid where rolname = 'payment_app'")
    assert initialize() == FOUND
    assert database.administer("select rolpassword from pg_authid where rolname = 'payment_app'") == before
    assert database.run("select from payment") == 1


def test_concurrent_runs_create_everything_once(database: EmptyDatabase) -> None:
    with ThreadPoolExecutor(4) as executor:
        results = list(executor.map(lambda _: initialize(), range(4)))
    assert sorted(map(str, results)) == sorted(map(str, [CREATED, FOUND, FOUND, FOUND]))


@pytest.mark.parametrize(
    "statement",
    [
        "create table other (id int)",
        "create temporary table other (id int)",
        "create schema other",
        "create function one() returns int language sql as 'select 1'",
        "alter table payment add column other int",
        "drop table payment",
        "truncate payment",
        "update payment set amount = 1",
        "delete from payment",
        "create role other",
    ],
)
def test_user_can_only_read_and_insert_payments(database: EmptyDatabase, statement: str) -> None:
    initialize()
    assert database.refuses(statement)


def test_nothing_is_granted_to_public(database: EmptyDatabase) -> None:
    initialize()
    database.administer("create role stranger login password 'x'")
    try:
        stranger = {"username": "stranger", "password": "x"}
        for statement in (
            "select from payment",
            "create table other (id int)",
            "create temporary table other (id int)",
        ):
            with pytest.raises(DatabaseFailure, match="42501"):
                database.run(statement, stranger)
    finally:
        database.administer("drop role stranger")


def test_rotation_after_the_initialization_replaces_the_password(database: EmptyDatabase) -> None:
    initialize()
    first = database.secret.value()
    rotated = database.secret.rotate()
    assert rotated["username"] == f"{USER}_clone"
    assert database.run(INSERT) == 1
    assert database.run(INSERT, first) == 1
    assert database.secret.rotate()["username"] == USER
    assert database.run(INSERT) == 1


def test_run_after_a_rotation_finds_the_clone(database: EmptyDatabase) -> None:
    initialize()
    database.secret.rotate()
    assert initialize() == {"created": [], "found": ["payment", "payment_app", "payment_app_clone"]}
    assert database.run(INSERT) == 1


def test_rotation_before_the_initialization_leaves_a_usable_password(database: EmptyDatabase) -> None:
    begun = database.secret.begin(test_only=True)
    for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
        begun.step(step)
    database.secret.rotate()
    assert initialize() == CREATED
    assert database.run(INSERT) == 1


def test_database_without_the_clone_of_the_secret_gets_it(database: EmptyDatabase) -> None:
    initialize()
    database.secret.rotate()
    database.administer("drop role payment_app_clone")
    assert initialize() == {"created": ["payment_app_clone"], "found": ["payment", "payment_app"]}
    assert database.run(INSERT) == 1
    assert database.refuses("create table other (id int)")


def test_password_that_the_database_does_not_accept_is_set(database: EmptyDatabase) -> None:
    initialize()
    database.administer("alter role payment_app password 'from a snapshot'")
    assert initialize() == FOUND
    assert database.run(INSERT) == 1


def test_failed_run_leaves_nothing_behind(database: EmptyDatabase) -> None:
    database.administer("create role payment_app login createdb")
    with pytest.raises(PreconditionFailed, match="may create roles or databases"):
        initialize()
    assert database.administer("select 1 from pg_tables where tablename = 'payment'") == []


def test_user_that_owns_the_table_is_refused(database: EmptyDatabase) -> None:
    initialize()
    database.administer("alter table payment owner to payment_app")
    database.administer("grant payment_app to administrator")
    with pytest.raises(PreconditionFailed, match="owns tables"):
        initialize()


def test_settings_of_the_administrator_select_no_other_schema(database: EmptyDatabase) -> None:
    database.administer("create schema other authorization administrator")
    database.administer("alter role administrator set search_path = other")
    initialize()
    assert database.run(INSERT) == 1


def test_database_with_a_replication_is_refused(database: EmptyDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APPLICATION_SECRET")
    with pytest.raises(PreconditionFailed, match="`initialize` of the function `cutover`"):
        initialize()


def test_engine_other_than_postgresql_is_refused(database: EmptyDatabase) -> None:
    database.secret.put({**database.secret.value(), "engine": "aurora-mysql"})
    with pytest.raises(PreconditionFailed, match="the engine is mysql"):
        initialize()
