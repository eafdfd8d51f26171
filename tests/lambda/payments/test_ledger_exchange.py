"""The exchange of idempotency keys between the ledgers of both sides."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from common import clients
from common.clock import Clock
from common.errors import InvalidEvent, PreconditionFailed
from payments.messages import Decision, Order, Verdict, transaction_id
from payments.payment import PaymentRequest
from payments.transactions import begin
from support.fault_injection import Killed, killed_at
from support.pipeline_environment import (
    BUCKET,
    PREFIX,
    Context,
    PipelineEnvironment,
    create_database,
    populate,
)
from support.postgres import Server
from transaction_processing import handler, imports
from transaction_processing.imports import InvalidRecords

OLD_ID = "0f6fd0f5-9f9b-4b0e-8ba5-0d9a0c6dd0e5"
CARD = "4111111111111111"
NOON = "2026-11-29T12:00:00+00:00"


@pytest.fixture(scope="module")
def database(target_server: Server) -> Iterator[PipelineEnvironment]:
    with create_database(target_server) as made:
        yield made


@pytest.fixture
def pipeline(
    database: PipelineEnvironment, aws: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PipelineEnvironment]:
    for name, value in {**database.variables(), "LEDGERS": "separate"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("transaction_processing.ledger.LEDGER_TTL", 0)
    with populate(database) as filled:
        set_ledger("closed")
        yield filled


@pytest.fixture
def _drained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every operation begin an hour after the last change of the ledger."""
    monkeypatch.setattr(handler, "Clock", lambda: Clock(now=lambda: datetime.now(UTC) + timedelta(hours=1)))


def set_ledger(state: str) -> None:
    clients.ssm().put_parameter(Name=f"{PREFIX}/ledger", Value=state, Type="String", Overwrite=True)


def ledger() -> str:
    return clients.ssm().get_parameter(Name=f"{PREFIX}/ledger")["Parameter"]["Value"]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def record(key: str = "k1", principal: str = "", **payment: object) -> dict[str, Any]:
    """Return a record as the datacenter writes it, for the request BODY."""
    return {
        "principal": principal,
        "idempotency_key": key,
        "customer_id": "cus-17",
        "instrument": digest("tok_7f3a91c2"),
        "request": digest('["cus-17", 1250, "EUR", "tok_7f3a91c2"]'),
        "payment": {
            "id": OLD_ID,
            "amount": 1250,
            "currency": "EUR",
            "status": "accepted",
            "created_at": NOON,
            **payment,
        },
    }


def upload(*records: object, name: str = "part-1.jsonl", folder: str = "day") -> None:
    lines = [each if isinstance(each, str) else json.dumps(each) for each in records]
    key = f"idempotency-keys/import/{folder}/{name}"
    clients.s3().put_object(Bucket=BUCKET, Key=key, Body="".join(f"{line}\n" for line in lines).encode())


def invoke(event: Mapping[str, Any], context: Context | None = None) -> Mapping[str, Any]:
    """Invoke the function with JSON, as Lambda does."""
    answer: Mapping[str, Any] = json.loads(
        json.dumps(handler.handle(json.loads(json.dumps(event)), context or Context()))
    )
    return answer


def import_all(old_side: str = "stopped", folder: str = "day", context: Context | None = None) -> dict[str, int]:
    """Invoke the import until it is finished, and return the sums of its counts."""
    counts = {"invocations": 0, "imported": 0, "present": 0, "conflicting": 0}
    event: dict[str, Any] = {"operation": "import_idempotency_keys", "folder": folder, "old_side": old_side}
    answer: Mapping[str, Any] = {"state": "continued", "continuation": None}
    while answer["state"] == "continued":
        answer = invoke({**event, "continuation": answer["continuation"]}, context)
        counts["invocations"] += 1
        for name in ("imported", "present", "conflicting"):
            counts[name] += answer[name]
    return counts


def export(new_side: str = "stopped", context: Context | None = None, **arguments: object) -> list[dict[str, Any]]:
    """Invoke the export until it is finished, and return its records."""
    event: dict[str, Any] = {"operation": "export_idempotency_keys", "folder": "day", "new_side": new_side, **arguments}
    answer: Mapping[str, Any] = {"state": "continued", "continuation": None}
    exported = 0
    while answer["state"] == "continued":
        answer = invoke({**event, "continuation": answer["continuation"]}, context)
        exported += answer["exported"]
    assert answer["state"] == "finished"
    found = clients.s3().list_objects_v2(Bucket=BUCKET, Prefix="idempotency-keys/export/day/").get("Contents", [])
    bodies = [clients.s3().get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read().decode() for each in found]
    records = [json.loads(line) for body in bodies for line in body.splitlines()]
    assert len(records) == exported
    return records


# Import


def test_retry_after_the_import_returns_the_imported_payment_and_books_nothing(pipeline: PipelineEnvironment) -> None:
    upload(record())
    assert import_all() == {"invocations": 1, "imported": 1, "present": 0, "conflicting": 0}
    state = pipeline.items()
    response = pipeline.call()
    assert (response.status, response.body) == (201, record()["payment"])
    assert response.headers["location"] == f"/payments/{OLD_ID}"
    assert (pipeline.payments(), pipeline.items()) == ([], state)


@pytest.mark.parametrize(("status", "code"), [("accepted", 201), ("review", 202), ("declined", 402)])
def test_imported_payment_is_found_by_its_old_id(pipeline: PipelineEnvironment, status: str, code: int) -> None:
    upload(record(status=status))
    import_all()
    response = pipeline.call()
    assert response.status == code
    assert pipeline.call("GET", f"/payments/{OLD_ID}").body == response.body
    assert pipeline.call("GET", f"/payments/{OLD_ID}", {"x-principal": "AIDA2"}).status == 404


def test_imported_key_with_another_request_is_rejected(pipeline: PipelineEnvironment) -> None:
    upload(record())
    import_all()
    assert pipeline.call(amount=1251).status == 422
    assert pipeline.payments() == []


def test_second_import_finds_every_record(pipeline: PipelineEnvironment) -> None:
    upload(record(), record("k2", id=str(uuid4())))
    import_all("writing")
    state = pipeline.items()
    assert import_all() == {"invocations": 1, "imported": 0, "present": 2, "conflicting": 0}
    assert pipeline.items() == state


def test_import_never_replaces_a_payment_that_was_booked_here(
    pipeline: PipelineEnvironment, capfd: pytest.CaptureFixture[str]
) -> None:
    set_ledger("open")
    booked, state = pipeline.call(), pipeline.items()
    upload(record())
    assert import_all()["conflicting"] == 1
    assert "idempotency-key-conflict" in capfd.readouterr().out
    assert pipeline.items() == state
    assert pipeline.call() == booked


def test_import_is_continued_until_every_object_is_read(
    pipeline: PipelineEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH_LINES", 2)
    records = [record(f"k{number}", id=str(uuid4())) for number in range(8)]
    upload(*records[:5], name="a.jsonl")
    upload(*records[5:], name="b.jsonl")
    out_of_time = Context(remaining_seconds=4)
    assert import_all(context=out_of_time) == {"invocations": 6, "imported": 8, "present": 0, "conflicting": 0}
    assert {pipeline.call(headers={"idempotency-key": f"k{number}"}).status for number in range(8)} == {201}
    assert pipeline.payments() == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not JSON", "not JSON"),
        ("", "not JSON"),
        ([], "not a JSON object"),
        ({**record(), "token": "tok_7f3a91c2"}, "the members must be"),
        ({**record(), "idempotency_key": CARD}, "looks like a card number"),
        ({**record(), "customer_id": CARD}, "looks like a card number"),
        ({**record(), "principal": 7}, "principal must be a string"),
        ({**record(), "request": "tok_7f3a91c2"}, "request must be a SHA-256 digest"),
        ({**record(), "payment": {"id": OLD_ID}}, "payment must have the members"),
        (record(amount=0), "positive integer"),
        (record(amount=True), "positive integer"),
        (record(amount="1250"), "wrong type"),
        (record(amount=int(CARD)), "positive integer"),
        (record(currency="euro"), "ISO 4217"),
        (record(status="pending"), "accepted, review or declined"),
        (record(created_at="2026-11-29T12:00:00"), "time zone"),
        (record(id="42"), "wrong type or form"),
        (record("k" * 5000), "longer than 4096 bytes"),
    ],
)
def test_invalid_line_fails_the_import_by_its_number_without_its_values(
    pipeline: PipelineEnvironment, capfd: pytest.CaptureFixture[str], line: object, reason: str
) -> None:
    upload(record("k2"), json.dumps(line) if isinstance(line, list) else line, record("k3", id=str(uuid4())))
    with pytest.raises(
        InvalidRecords, match=f"part-1.jsonl has 1 invalid lines .2 imported.*line 2: .*{reason}"
    ) as failure:
        import_all()
    written = str(failure.value) + "".join(capfd.readouterr())
    assert not any(value in written for value in (CARD, "tok_7f3a91c2", OLD_ID))
    assert ledger() == "closed"


def test_empty_object_is_imported(pipeline: PipelineEnvironment) -> None:
    upload()
    assert import_all() == {"invocations": 1, "imported": 0, "present": 0, "conflicting": 0}
    assert ledger() == "open"


def test_import_without_an_object_fails(pipeline: PipelineEnvironment) -> None:
    upload(record(), folder="other")
    with pytest.raises(PreconditionFailed, match="no object below idempotency-keys/import/day/"):
        import_all()
    assert ledger() == "closed"


# State of the ledger


def test_closed_ledger_books_nothing(pipeline: PipelineEnvironment) -> None:
    assert pipeline.call().status == 503
    assert pipeline.state() == ([], [], [])


def test_health_does_not_depend_on_the_ledger(pipeline: PipelineEnvironment) -> None:
    assert pipeline.call("GET", "/health").status == 200


def test_import_while_the_old_side_writes_keeps_the_ledger_closed(pipeline: PipelineEnvironment) -> None:
    upload(record())
    import_all("writing")
    assert ledger() == "closed"
    assert pipeline.call().status == 503


def test_import_after_the_old_side_stopped_opens_the_ledger(pipeline: PipelineEnvironment) -> None:
    upload(record())
    import_all("stopped")
    assert ledger() == "open"
    assert pipeline.call(headers={"idempotency-key": "new"}).status == 201


def test_continued_import_opens_the_ledger_at_its_end_only(
    pipeline: PipelineEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH_LINES", 1)
    upload(record(), record("k2", id=str(uuid4())))
    event = {"operation": "import_idempotency_keys", "folder": "day", "old_side": "stopped"}
    answer = handler.handle(event, Context(remaining_seconds=4))
    assert (answer["state"], ledger()) == ("continued", "closed")


@pytest.mark.parametrize("operation", ["import", "export"])
def test_stack_with_one_database_has_no_exchange(
    pipeline: PipelineEnvironment, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    monkeypatch.delenv("LEDGERS")
    handler._booking.cache_clear()
    with pytest.raises(PreconditionFailed, match="share one database"):
        (import_all if operation == "import" else export)()
    assert pipeline.call().status == 201


@pytest.mark.parametrize(
    "event",
    [
        {"operation": "import_idempotency_keys", "folder": "day"},
        {"operation": "import_idempotency_keys", "folder": "../x", "old_side": "stopped"},
        {"operation": "import_idempotency_keys", "folder": "day", "old_side": "off"},
        {"operation": "import_idempotency_keys", "folder": "day", "old_side": "stopped", "continuation": {}},
        {"operation": "export_idempotency_keys", "folder": "day", "new_side": "writing", "since": "noon"},
        {
            "operation": "export_idempotency_keys",
            "folder": "day",
            "new_side": "writing",
            "since": "2026-11-29T12:00:00",
        },
        {"operation": "export_idempotency_keys", "folder": "day", "new_side": "writing", "continuation": {}},
    ],
)
def test_invalid_event_is_rejected(pipeline: PipelineEnvironment, event: dict[str, object]) -> None:
    upload(record())
    with pytest.raises(InvalidEvent):
        handler.handle(event, Context())


# Export


def test_export_closes_the_ledger_and_waits_for_running_bookings(pipeline: PipelineEnvironment) -> None:
    set_ledger("open")
    pipeline.call()
    event = {"operation": "export_idempotency_keys", "folder": "day", "new_side": "stopped"}
    assert handler.handle(event, Context()) == {"state": "draining", "exported": 0, "continuation": None}
    assert ledger() == "closed"
    assert pipeline.call(headers={"idempotency-key": "late"}).status == 503


@pytest.mark.usefixtures("_drained")
def test_exported_record_has_the_response_and_the_digests_of_the_request(pipeline: PipelineEnvironment) -> None:
    set_ledger("open")
    payment = pipeline.call(headers={"x-principal": "AROA1:monday"}).body
    (exported,) = export()
    assert exported == {**record(principal="AROA1"), "payment": payment}
    assert payment["id"] == str(transaction_id("AROA1", "k1"))


@pytest.mark.usefixtures("_drained")
def test_exported_records_can_be_imported(pipeline: PipelineEnvironment) -> None:
    set_ledger("open")
    responses = [pipeline.call(headers={"idempotency-key": key}) for key in ("k1", "k2")]
    upload(*export())
    for item in pipeline.items():
        clients.dynamodb().delete_item(TableName="transactions", Key={"transaction_id": {"S": item["transaction_id"]}})
    pipeline.administer("delete from payment")
    assert import_all()["imported"] == 2
    assert [pipeline.call(headers={"idempotency-key": key}) for key in ("k1", "k2")] == responses
    assert pipeline.payments() == []


@pytest.mark.usefixtures("_drained")
def test_export_omits_what_the_old_side_booked(pipeline: PipelineEnvironment) -> None:
    upload(record(created_at=datetime.now(UTC).isoformat()))
    import_all()
    assert export() == []


@pytest.mark.usefixtures("_drained")
def test_export_omits_payments_from_before_the_given_time(pipeline: PipelineEnvironment) -> None:
    set_ledger("open")
    pipeline.call()
    assert export(since=(datetime.now(UTC) + timedelta(hours=2)).isoformat()) == []


@pytest.mark.usefixtures("_drained")
def test_export_is_continued_until_every_payment_is_written(
    pipeline: PipelineEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transaction_processing.exports.PAGE_TRANSACTIONS", 2)
    set_ledger("open")
    for number in range(5):
        pipeline.call(headers={"idempotency-key": f"k{number}"})
    event = {"operation": "export_idempotency_keys", "folder": "day", "new_side": "stopped"}
    assert handler.handle(event, Context(remaining_seconds=4))["state"] == "continued"
    assert sorted(each["idempotency_key"] for each in export()) == [f"k{number}" for number in range(5)]


def test_export_while_this_side_writes_keeps_the_ledger_open(pipeline: PipelineEnvironment) -> None:
    set_ledger("open")
    pipeline.call()
    assert len(export("writing")) == 1
    assert ledger() == "open"


# Interrupted bookings


def interrupt(pipeline: PipelineEnvironment, operation: str) -> None:
    """Kill a booking before an AWS operation."""
    set_ledger("open")
    booking = handler._booking.__wrapped__()
    order = Order("", "k1", "cus-17", PaymentRequest(1250, "EUR", "tok_7f3a91c2"))
    with pytest.raises(Killed), killed_at(operation):
        booking.book(order, Verdict(Decision.APPROVE, 0.0, ()))
    set_ledger("closed")
    assert [item["status"] for item in pipeline.items()] == ["pending"]


@pytest.mark.usefixtures("_drained")
def test_interrupted_booking_that_reached_the_database_is_exported(pipeline: PipelineEnvironment) -> None:
    interrupt(pipeline, "PutObject")
    assert len(pipeline.payments()) == 1
    (exported,) = export()
    assert (exported["idempotency_key"], exported["payment"]["status"]) == ("k1", "accepted")


def put_pending() -> None:
    """Put the item of a booking that was interrupted before the database."""
    order = Order("", "k1", "cus-17", PaymentRequest(1250, "EUR", "tok_7f3a91c2"))
    handler._booking().table.put(begin(order, Verdict(Decision.APPROVE, 0.0, ()), datetime.now(UTC)))


@pytest.mark.usefixtures("_drained")
def test_booking_interrupted_before_the_database_is_not_exported(pipeline: PipelineEnvironment) -> None:
    put_pending()
    assert export() == []


@pytest.mark.usefixtures("_drained")
def test_import_replaces_a_booking_interrupted_before_the_database(pipeline: PipelineEnvironment) -> None:
    put_pending()
    upload(record())
    assert import_all()["imported"] == 1
    assert pipeline.call().body["id"] == OLD_ID
    assert pipeline.payments() == []


@pytest.mark.usefixtures("_drained")
def test_import_keeps_an_interrupted_booking_that_reached_the_database(pipeline: PipelineEnvironment) -> None:
    interrupt(pipeline, "PutObject")
    upload(record())
    assert import_all()["conflicting"] == 1
    assert UUID(pipeline.call().body["id"]) == transaction_id("", "k1")


def test_import_keeps_a_pending_booking_that_may_still_run(pipeline: PipelineEnvironment) -> None:
    put_pending()
    upload(record())
    assert import_all("writing")["conflicting"] == 1
    assert [item["status"] for item in pipeline.items()] == ["pending"]
