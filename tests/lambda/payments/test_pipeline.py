"""The pipeline from the load balancer to the database, the table and the audit bucket."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from common import clients
from common.errors import InvalidEvent
from fraud_detection import handler as fraud
from payments.messages import Decision, Order, Verdict
from payments.payment import Payment, PaymentRequest
from support.fault_injection import Killed, complete_despite_kills, killed_before
from support.pipeline_environment import (
    PREFIX,
    TABLE,
    Context,
    PipelineEnvironment,
    Response,
    create_database,
    populate,
)
from support.postgres import Server
from transaction_processing import handler as transaction
from transaction_processing.booking import Conflict

CARD = "4111111111111111"


@pytest.fixture(scope="module")
def database(target_server: Server) -> Iterator[PipelineEnvironment]:
    with create_database(target_server) as made:
        yield made


@pytest.fixture
def pipeline(
    database: PipelineEnvironment, aws: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PipelineEnvironment]:
    for name, value in database.variables().items():
        monkeypatch.setenv(name, value)
    with populate(database) as filled:
        yield filled


def assert_unavailable(response: Response) -> None:
    """Assert status 503 with a Retry-After header."""
    assert (response.status, response.headers["retry-after"]) == (503, "2")
    assert "Traceback" not in str(response)


def events(captured: str) -> list[str]:
    return [json.loads(line)["event"] for line in captured.splitlines()]


def test_payment_is_accepted_and_found(pipeline: PipelineEnvironment) -> None:
    taken = pipeline.call()
    assert (taken.status, taken.body["status"]) == (201, "accepted")
    found = pipeline.call("GET", taken.headers["location"])
    assert (found.status, found.body) == (200, taken.body)


def test_payment_is_in_the_table_the_database_and_the_audit_bucket(pipeline: PipelineEnvironment) -> None:
    payment = pipeline.call().body["id"]
    assert pipeline.payments() == [[payment, 1250, "accepted"]]
    assert [(item["transaction_id"], item["status"]) for item in pipeline.items()] == [(payment, "accepted")]
    assert [(record["transaction_id"], record["status"]) for record in pipeline.records()] == [(payment, "accepted")]


def test_repeated_request_has_the_same_response_and_changes_nothing(pipeline: PipelineEnvironment) -> None:
    first, state = pipeline.call(), pipeline.state()
    assert pipeline.call() == first
    assert pipeline.state() == state


@pytest.mark.parametrize(
    "other", [{"amount": 1251}, {"currency": "USD"}, {"token": "tok_7f3a91c3"}, {"customer_id": "cus-18"}]
)
def test_same_key_with_another_body_is_rejected(pipeline: PipelineEnvironment, other: dict[str, Any]) -> None:
    pipeline.call()
    state = pipeline.state()
    assert pipeline.call(**other).status == 422
    assert pipeline.state() == state


def test_another_key_creates_another_payment(pipeline: PipelineEnvironment) -> None:
    assert pipeline.call().body["id"] != pipeline.call(headers={"idempotency-key": "k2"}).body["id"]


def test_two_callers_can_use_the_same_key(pipeline: PipelineEnvironment) -> None:
    one, other = (pipeline.call(headers={"x-principal": name}) for name in ("AIDA1", "AIDA2"))
    assert (one.status, other.status) == (201, 201)
    assert one.body["id"] != other.body["id"]


def test_payment_of_another_caller_is_not_found(pipeline: PipelineEnvironment) -> None:
    location = pipeline.call(headers={"x-principal": "AIDA1"}).headers["location"]
    assert pipeline.call("GET", location, {"x-principal": "AIDA2"}).status == 404


def test_payment_is_found_by_the_next_session_of_its_role(pipeline: PipelineEnvironment) -> None:
    location = pipeline.call(headers={"x-principal": "AROA1:monday"}).headers["location"]
    assert pipeline.call("GET", location, {"x-principal": "AROA1:tuesday"}).status == 200


def test_unknown_payment_is_not_found(pipeline: PipelineEnvironment) -> None:
    assert pipeline.call("GET", f"/payments/{uuid4()}").status == 404


def test_concurrent_bookings_with_one_key_create_one_payment(pipeline: PipelineEnvironment) -> None:
    order = Order("", "k1", "cus-17", PaymentRequest(1250, "EUR", "tok_7f3a91c2"))
    together = threading.Barrier(4)

    def book(_: int) -> Payment | Conflict:
        booking = transaction._booking.__wrapped__()  # an execution environment of its own, with its own session
        together.wait()
        return booking.book(order, Verdict(Decision.APPROVE, 0.0, ()))

    (
        clients.dynamodb(),
        clients.s3(),
        clients.secretsmanager(),
    )  # created before the threads: creating clients is not thread-safe
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(book, range(4)))) == 1
    assert len(pipeline.payments()) == len(pipeline.items()) == len(pipeline.records()) == 1


def test_booking_killed_at_any_step_and_repeated_has_the_same_result(pipeline: PipelineEnvironment) -> None:
    kills = complete_despite_kills(pipeline.call)
    # The item, the row, the record, the last status.
    assert kills == 4
    response = pipeline.call()
    assert (response.status, response.body["status"]) == (201, "accepted")
    assert pipeline.payments() == [[response.body["id"], 1250, "accepted"]]
    assert [item["status"] for item in pipeline.items()] == ["accepted"]
    assert len(pipeline.records()) == 1


@pytest.mark.parametrize("effect", [2, 3, 4])
def test_repeated_payment_keeps_the_first_verdict(pipeline: PipelineEnvironment, effect: int) -> None:
    with pytest.raises(Killed), killed_before(effect):
        pipeline.call()
    clients.ssm().put_parameter(Name=f"{PREFIX}/fraud/block-above", Value="0", Overwrite=True)
    clients.ssm().put_parameter(Name=f"{PREFIX}/fraud/review-above", Value="0", Overwrite=True)
    fraud._detector.cache_clear()
    # Scored now, the second currency and the amount would block it.
    response = pipeline.call()
    assert (response.status, response.body["status"]) == (201, "accepted")


def test_lost_response_is_returned_on_retry(pipeline: PipelineEnvironment, capfd: pytest.CaptureFixture[str]) -> None:
    pipeline.service.timing_out.add("lambda-transaction")
    assert_unavailable(pipeline.call())
    assert "transaction-failed" in events(capfd.readouterr().out)
    pipeline.service.timing_out.clear()
    assert pipeline.call().status == 201
    assert len(pipeline.payments()) == 1


def test_pending_payment_is_returned_as_pending(pipeline: PipelineEnvironment) -> None:
    order = Order("", "k1", "cus-17", PaymentRequest(1250, "EUR", "tok_7f3a91c2"))
    with pytest.raises(Killed), killed_before(2):
        pipeline.call()
    assert pipeline.call("GET", f"/payments/{order.id}").body["status"] == "pending"


def test_payment_older_than_the_pipeline_keeps_its_key(pipeline: PipelineEnvironment) -> None:
    pipeline.administer(
        f"""
        insert into payment (id, principal, idempotency_key, amount, currency, token)
        values ('{UUID(int=1)}', '', 'k1', 1250, 'EUR', 'tok_7f3a91c2')
        """
    )
    assert pipeline.call().status == 422
    assert pipeline.call().status == 422
    assert pipeline.payments() == [[str(UUID(int=1)), 1250, "accepted"]]
    assert [item["status"] for item in pipeline.items()] == ["conflict"]


def test_suspicious_payment_is_pending_review(pipeline: PipelineEnvironment) -> None:
    for number in range(10):
        pipeline.call(headers={"idempotency-key": f"k{number}"})
    response = pipeline.call(headers={"idempotency-key": "k10"})
    assert (response.status, response.body["status"]) == (202, "review")


def test_fraudulent_payment_is_declined_and_stored_without_explanation(pipeline: PipelineEnvironment) -> None:
    for number in range(10):
        pipeline.call(headers={"idempotency-key": f"k{number}"})
    response = pipeline.call(headers={"idempotency-key": "k10"}, amount=100_000)
    assert (response.status, response.body["status"]) == (402, "declined")
    assert "velocity" not in str(response)
    record = next(record for record in pipeline.records() if record["status"] == "declined")
    assert {reason["rule"] for reason in record["verdict"]["reasons"]} == {"velocity", "unusual-amount"}
    assert pipeline.call(headers={"idempotency-key": "k10"}, amount=100_000) == response


@pytest.mark.parametrize(
    ("arn", "qualifier"),
    [("lambda-validation:blue", ":blue"), ("lambda-validation:green", ":green"), ("lambda-validation", "")],
)
def test_function_version_calls_the_same_color(pipeline: PipelineEnvironment, arn: str, qualifier: str) -> None:
    pipeline.call(context=Context(f"arn:aws:lambda:us-east-1:123456789012:function:{arn}"))
    assert pipeline.service.called == [f"lambda-fraud{qualifier}", f"lambda-transaction{qualifier}"]


def test_pipeline_is_healthy(pipeline: PipelineEnvironment) -> None:
    assert pipeline.call("GET", "/health").status == 200


def test_pipeline_without_writer_is_unhealthy(pipeline: PipelineEnvironment) -> None:
    pipeline.administer("alter role pipeline_app nologin")
    assert_unavailable(pipeline.call("GET", "/health"))


def test_pipeline_on_a_reader_is_unhealthy(pipeline: PipelineEnvironment) -> None:
    pipeline.administer("alter role pipeline_app set default_transaction_read_only = on")
    assert_unavailable(pipeline.call("GET", "/health"))
    pipeline.administer("alter role pipeline_app reset all")


def test_pipeline_without_table_is_unhealthy(pipeline: PipelineEnvironment) -> None:
    clients.dynamodb().delete_table(TableName=TABLE)
    assert_unavailable(pipeline.call("GET", "/health"))


def test_failed_booking_returns_503_and_is_counted_once(
    pipeline: PipelineEnvironment, capfd: pytest.CaptureFixture[str]
) -> None:
    pipeline.administer("alter role pipeline_app nologin")
    assert_unavailable(pipeline.call())
    assert events(capfd.readouterr().out).count("transaction-failed") == 1
    pipeline.administer("alter role pipeline_app login")
    assert pipeline.call().status == 201
    assert len(pipeline.payments()) == 1


def test_failed_scoring_rejects_the_payment_and_is_counted_once(
    pipeline: PipelineEnvironment, capfd: pytest.CaptureFixture[str]
) -> None:
    clients.ssm().delete_parameter(Name=f"{PREFIX}/fraud/block-above")
    assert_unavailable(pipeline.call())
    assert events(capfd.readouterr().out).count("transaction-failed") == 1
    assert pipeline.payments() == []


def test_pipeline_uses_the_writer_of_a_migration(
    pipeline: PipelineEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_SECRET", "secret-source")
    clients.ssm().put_parameter(Name=f"{PREFIX}/writer", Value="fenced", Type="String")
    assert_unavailable(pipeline.call())
    clients.ssm().put_parameter(Name=f"{PREFIX}/writer", Value="target", Overwrite=True)
    transaction._booking().writer.writer.invalidate()
    assert pipeline.call().status == 201


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/payments/1", 404), ("GET", "/payments", 405), ("POST", "/health", 405)],
)
def test_unknown_path_returns_404(pipeline: PipelineEnvironment, method: str, path: str, status: int) -> None:
    assert pipeline.call(method, path).status == status


@pytest.mark.parametrize(
    ("members", "status"),
    [({"amount": 100_001}, 422), ({"currency": "GBP"}, 422), ({"pan": "x"}, 400), ({"customer_id": None}, 400)],
)
def test_malformed_payment_is_rejected_before_any_call(
    pipeline: PipelineEnvironment, members: dict[str, Any], status: int
) -> None:
    assert pipeline.call(**members).status == status
    assert pipeline.service.called == []


def test_missing_idempotency_key_is_rejected(pipeline: PipelineEnvironment) -> None:
    assert pipeline.call(headers={"idempotency-key": ""}).status == 400


@pytest.mark.parametrize(
    "members", [{"token": CARD}, {"token": f"tok_{CARD}"}, {"customer_id": CARD}, {"amount": int(CARD)}, {"pan": CARD}]
)
def test_card_number_in_any_field_is_rejected_and_neither_logged_nor_returned(
    pipeline: PipelineEnvironment, capfd: pytest.CaptureFixture[str], members: dict[str, Any]
) -> None:
    response = pipeline.call(**members)
    assert response.status in (400, 422)
    assert CARD not in "".join(capfd.readouterr()) + str(response)
    assert pipeline.service.called == []


def test_card_number_as_idempotency_key_is_rejected(
    pipeline: PipelineEnvironment, capfd: pytest.CaptureFixture[str]
) -> None:
    response = pipeline.call(headers={"idempotency-key": CARD})
    assert response.status == 422
    assert CARD not in "".join(capfd.readouterr()) + str(response)


def test_token_is_stored_in_the_database_only(pipeline: PipelineEnvironment, capfd: pytest.CaptureFixture[str]) -> None:
    responses = [pipeline.call()]
    pipeline.administer("drop table payment")
    responses.append(pipeline.call(headers={"idempotency-key": "k2"}))
    assert [response.status for response in responses] == [201, 503]
    written = "".join(capfd.readouterr()) + str((responses, pipeline.items(), pipeline.records()))
    assert "tok_7f3a91c2" not in written


@pytest.mark.parametrize(
    "event", [{}, {"action": "drop"}, {"action": "book"}, {"action": "find"}, {"action": "book", "order": {}}]
)
def test_unknown_message_raises_invalid_event(pipeline: PipelineEnvironment, event: dict[str, object]) -> None:
    with pytest.raises(InvalidEvent):
        transaction.handle(event, Context())


@pytest.mark.parametrize("event", [{}, {"action": "book"}, {"action": "score"}, {"action": "score", "order": 1}])
def test_unknown_action_raises_invalid_event(pipeline: PipelineEnvironment, event: dict[str, object]) -> None:
    with pytest.raises(InvalidEvent):
        fraud.handle(event, None)
