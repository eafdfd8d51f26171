"""The payment API on real databases, also during and after a cutover."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import uuid4

import pytest

from common import clients
from database.postgresql import connect
from database.secrets import Login
from payment_api import handler, store
from payments import writer_settings
from payments.payment import Payment, PaymentRequest
from support.payment_environment import PREFIX, PaymentEnvironment, Response, create_databases, populate
from support.postgres import Server

CARD = "4111111111111111"


@pytest.fixture(scope="module")
def databases(source_server: Server, target_server: Server) -> Iterator[PaymentEnvironment]:
    with create_databases(source_server, target_server) as made:
        yield made


@pytest.fixture
def payments(databases: PaymentEnvironment, aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[PaymentEnvironment]:
    for name, value in databases.variables().items():
        monkeypatch.setenv(name, value)
    with populate(databases) as filled:
        yield filled


def assert_unavailable(response: Response) -> None:
    """Assert status 503 with a Retry-After header."""
    assert (response.status, response.headers["retry-after"]) == (503, "2")
    assert "Traceback" not in str(response)


def test_payment_is_accepted_and_found(payments: PaymentEnvironment) -> None:
    taken = payments.call()
    assert taken.status == 201
    assert {**taken.body, "id": "", "created_at": ""} == {
        "id": "",
        "amount": 1250,
        "currency": "EUR",
        "status": "accepted",
        "created_at": "",
    }
    found = payments.call("GET", taken.headers["location"])
    assert (found.status, found.body) == (200, taken.body)


def test_repeated_request_has_the_same_response(payments: PaymentEnvironment) -> None:
    assert payments.call() == payments.call()
    assert payments.count("source") == 1


def test_same_key_with_another_body_is_rejected(payments: PaymentEnvironment) -> None:
    payments.call()
    for other in ({"amount": 1251}, {"currency": "USD"}, {"token": "tok_7f3a91c3"}):
        assert payments.call(**other).status == 422
    assert payments.count("source") == 1


def test_another_key_creates_another_payment(payments: PaymentEnvironment) -> None:
    assert payments.call().body["id"] != payments.call(headers={"idempotency-key": "k2"}).body["id"]


def test_two_callers_can_use_the_same_key(payments: PaymentEnvironment) -> None:
    one, other = (payments.call(headers={"x-principal": name}) for name in ("shop-1", "shop-2"))
    assert (one.status, other.status) == (201, 201)
    assert one.body["id"] != other.body["id"]


def test_payment_of_another_caller_is_not_found(payments: PaymentEnvironment) -> None:
    location = payments.call(headers={"x-principal": "shop-1"}).headers["location"]
    assert payments.call("GET", location, {"x-principal": "shop-2"}).status == 404


def test_concurrent_requests_with_one_key_create_one_payment(payments: PaymentEnvironment) -> None:
    request, claim = PaymentRequest(1250, "EUR", "tok_7f3a91c2"), store.Claim("shop-1", "k1")
    together = threading.Barrier(8)

    def take(_: int) -> Payment | store.Conflict:
        with connect(payments.address("source"), Login("app_source", "source"), payments.tls) as database:
            together.wait()
            return store.accept(database, claim, request, uuid4())

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(take, range(8)))) == 1
    assert payments.count("source") == 1


def test_fenced_writer_returns_503(payments: PaymentEnvironment) -> None:
    payments.set_writer("fenced")
    assert_unavailable(payments.call())
    assert_unavailable(payments.call("GET", f"/payments/{uuid4()}"))
    assert_unavailable(payments.call("GET", "/health"))


def test_unnoticed_fence_returns_503(payments: PaymentEnvironment) -> None:
    payments.call()
    payments.fence("source")
    assert_unavailable(payments.call(headers={"idempotency-key": "k2"}))
    assert payments.count("source") == 1


def test_fence_during_a_request_returns_503(payments: PaymentEnvironment) -> None:
    with closing(payments.servers["source"].connect("payment_api")) as other, ThreadPoolExecutor(1) as pool:
        other.run("begin; lock table payment in exclusive mode")
        call = pool.submit(payments.call)
        while not payments.administer("source", "select 1 from pg_locks where not granted"):
            time.sleep(0.01)
        payments.fence("source")
        assert_unavailable(call.result())
    assert payments.count("source") == 0


def test_statement_timeout_returns_503_without_retry(payments: PaymentEnvironment) -> None:
    with closing(payments.servers["source"].connect("payment_api")) as other:
        other.run("begin; lock table payment in exclusive mode")
        begun = time.monotonic()
        assert_unavailable(payments.call())
    assert writer_settings.STATEMENT_TIMEOUT <= time.monotonic() - begun < 2 * writer_settings.STATEMENT_TIMEOUT


def test_session_lost_at_commit_returns_503(payments: PaymentEnvironment) -> None:
    payments.administer(
        "source",
        """
        create function die() returns trigger language plpgsql security definer as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
        create constraint trigger die after insert on payment deferrable initially deferred
        for each row execute function die()
        """,
    )
    assert_unavailable(payments.call())
    payments.administer("source", "drop trigger die on payment")
    assert payments.call().status == 201
    assert payments.count("source") == 1


def test_lost_idle_session_is_replaced(payments: PaymentEnvironment) -> None:
    payments.call()
    payments.end_sessions("source")
    assert payments.call(headers={"idempotency-key": "k2"}).status == 201


def test_session_is_reused_between_requests(payments: PaymentEnvironment) -> None:
    def sessions() -> list[list[int]]:
        return payments.administer("source", "select pid from pg_stat_activity where usename = 'app_source'")

    payments.call()
    first = sessions()
    payments.call(headers={"idempotency-key": "k2"})
    assert sessions() == first
    assert len(first) == 1


def test_rotated_password_is_read_again(payments: PaymentEnvironment) -> None:
    payments.call()
    payments.administer("source", "alter role app_source password 'rotated'")
    secret = clients.secretsmanager().get_secret_value(SecretId="secret-source")["SecretString"]
    renewed = json.dumps({**json.loads(secret), "password": "rotated"})
    clients.secretsmanager().put_secret_value(SecretId="secret-source", SecretString=renewed)
    payments.end_sessions("source")
    assert payments.call(headers={"idempotency-key": "k2"}).status == 201


def test_payments_after_the_cutover_go_to_the_target(payments: PaymentEnvironment) -> None:
    payments.call()
    payments.fence("source")
    payments.set_writer("target")
    assert payments.call(headers={"idempotency-key": "k2"}).status == 201
    assert (payments.count("source"), payments.count("target")) == (1, 1)


def test_session_on_the_old_writer_is_closed(payments: PaymentEnvironment) -> None:
    payments.call()
    payments.set_writer("target")
    payments.call()
    assert not payments.administer("source", "select 1 from pg_stat_activity where usename = 'app_source'")


def test_new_writer_is_used_within_a_second(payments: PaymentEnvironment) -> None:
    payments.call()
    clients.ssm().put_parameter(Name=f"{PREFIX}/writer", Value="fenced", Overwrite=True)
    time.sleep(1.01)
    assert_unavailable(payments.call())


def test_request_on_the_wrong_side_is_retried_on_the_writer(payments: PaymentEnvironment) -> None:
    payments.call()
    payments.fence("source")
    clients.ssm().put_parameter(Name=f"{PREFIX}/writer", Value="target", Overwrite=True)
    assert payments.call(headers={"idempotency-key": "k2"}).status == 201
    assert payments.count("target") == 1


def test_api_with_writable_writer_is_healthy(payments: PaymentEnvironment) -> None:
    assert payments.call("GET", "/health").status == 200


def test_api_without_login_is_unhealthy(payments: PaymentEnvironment) -> None:
    payments.fence("source")
    assert_unavailable(payments.call("GET", "/health"))


def test_api_on_a_reader_is_unhealthy(payments: PaymentEnvironment) -> None:
    payments.administer("source", "alter role app_source set default_transaction_read_only = on")
    assert_unavailable(payments.call("GET", "/health"))


def test_payment_on_a_reader_returns_503(payments: PaymentEnvironment) -> None:
    payments.administer("source", "alter role app_source set default_transaction_read_only = on")
    assert_unavailable(payments.call())


def test_unknown_writer_returns_503(payments: PaymentEnvironment) -> None:
    clients.ssm().delete_parameter(Name=f"{PREFIX}/writer")
    assert_unavailable(payments.call())


def test_placeholder_login_returns_503(payments: PaymentEnvironment) -> None:
    clients.secretsmanager().put_secret_value(SecretId="secret-source", SecretString="placeholder")
    assert_unavailable(payments.call())


def test_unreachable_writer_returns_503(payments: PaymentEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = {"username": "app", "password": "p", "host": "127.0.0.1", "port": 1, "dbname": "payments"}
    clients.secretsmanager().put_secret_value(SecretId="secret-source", SecretString=json.dumps(secret))
    assert_unavailable(payments.call("GET", "/health"))


def test_internal_error_is_returned_without_its_traceback(payments: PaymentEnvironment) -> None:
    payments.administer("source", "drop table payment")
    response = payments.call()
    assert (response.status, response.body["detail"]) == (500, "the request failed")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/payments/", 404),
        ("GET", "/payments/1", 404),
        ("GET", "/payments/00000000-0000-0000-0000-000000000000", 404),
        ("GET", "/payments", 405),
        ("DELETE", "/payments/00000000-0000-0000-0000-000000000000", 405),
        ("POST", "/health", 405),
    ],
)
def test_unknown_path_returns_404(payments: PaymentEnvironment, method: str, path: str, status: int) -> None:
    assert payments.call(method, path).status == status


def test_other_content_type_is_rejected(payments: PaymentEnvironment) -> None:
    assert payments.call(headers={"content-type": "text/plain"}).status == 415


def test_payment_over_the_limit_is_rejected(payments: PaymentEnvironment) -> None:
    assert payments.call(amount=100_001).status == 422


def test_too_long_body_is_rejected(payments: PaymentEnvironment) -> None:
    assert payments.call(token="x" * 9000).status == 413


def test_event_of_another_service_is_rejected(payments: PaymentEnvironment) -> None:
    assert handler.handle({"source": "aws.events"}, None)["statusCode"] == 400


def test_card_and_token_are_neither_logged_nor_returned(
    payments: PaymentEnvironment, capfd: pytest.CaptureFixture[str]
) -> None:
    refused, taken = payments.call(token=CARD), payments.call()
    payments.administer("source", "drop table payment")
    failed = payments.call()
    assert (refused.status, taken.status, failed.status) == (422, 201, 500)
    written = "".join(capfd.readouterr()) + str((refused, taken, failed))
    assert CARD not in written
    assert "tok_7f3a91c2" not in written
