"""The custom resource: its responses to CloudFormation, with and without errors."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from common import clients
from common.clock import Clock
from common.errors import InvalidEvent, SchemaMismatch
from custom_resource import handler
from custom_resource.request import request_of
from custom_resource.response import NotDelivered, Response, response_body, send_response
from custom_resource.settings import Settings, build
from support.environment import Environment
from support.fake_lambda import serve_invocations
from support.hmac_keys import create_hmac_key
from validation import handler as validation_handler
from validation.settings import build as build_validation

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/validation/5f6b-11"
CLOCK = Clock(sleep=lambda _: None)


@dataclass
class CallbackServer:
    """Receives responses in place of CloudFormation; returns `statuses` in order, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    types: list[str | None] = field(default_factory=list)


@contextmanager
def serve(callbacks: CallbackServer) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = callbacks.statuses.pop(0) if callbacks.statuses else 200
            if status == 200:
                callbacks.received.append(json.loads(body))
                callbacks.types.append(self.headers["Content-Type"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Write no log."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    callbacks.url = f"http://127.0.0.1:{server.server_port}/answer?signature=s3cr3t%2Fsigned"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def callbacks() -> Iterator[CallbackServer]:
    made = CallbackServer()
    with serve(made):
        yield made


def event(callbacks: CallbackServer, kind: str = "Create", **properties: str) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": callbacks.url,
        "StackId": STACK,
        "RequestId": "request-1",
        "LogicalResourceId": "Validation",
        "ResourceProperties": properties,
    }


def respond(event: Mapping[str, Any]) -> None:
    handler.respond(event, CLOCK, 840)


@pytest.mark.parametrize(
    ("kind", "properties", "status", "expected"),
    [
        ("Delete", {}, "SUCCESS", "nothing to delete"),
        ("Create", {"RunValidation": "skip", "ValidationRun": "1"}, "SUCCESS", "skipped"),
        ("Update", {"RunValidation": "skip", "ValidationRun": "1"}, "SUCCESS", "skipped"),
        ("Update", {"RunValidation": "now", "ValidationRun": "1"}, "FAILED", "RunValidation"),
        ("Create", {"RunValidation": "pre", "ValidationRun": "../1"}, "FAILED", "ValidationRun"),
        ("Create", {"RunValidation": "pre", "ValidationRun": "1"}, "FAILED", "CUTOVER_FUNCTION_ARN is not set"),
    ],
)
def test_request_without_settings_receives_a_response(
    callbacks: CallbackServer, kind: str, properties: dict[str, str], status: str, expected: str
) -> None:
    handler.handle(event(callbacks, kind, **properties), None)
    (response,) = callbacks.received
    assert response["Status"] == status
    assert expected in response["Reason"]
    assert callbacks.types == [""]


def test_physical_resource_id_is_stable(callbacks: CallbackServer) -> None:
    respond(event(callbacks, "Create", RunValidation="skip", ValidationRun="1"))
    physical = callbacks.received[0]["PhysicalResourceId"]
    for kind in ("Update", "Delete"):
        respond({**event(callbacks, kind, RunValidation="skip", ValidationRun="2"), "PhysicalResourceId": physical})
    assert {response["PhysicalResourceId"] for response in callbacks.received} == {physical}


def test_rejected_response_is_sent_again(callbacks: CallbackServer) -> None:
    callbacks.statuses = [503, 500]
    respond(event(callbacks, "Delete"))
    assert len(callbacks.received) == 1


def test_undelivered_response_raises_for_another_invocation(callbacks: CallbackServer) -> None:
    callbacks.statuses = [503] * 5
    with pytest.raises(NotDelivered):
        respond(event(callbacks, "Delete"))


def test_response_is_sent_over_tls_only() -> None:
    request = request_of(event(CallbackServer(url="http://example.com/response"), "Delete"))
    with pytest.raises(InvalidEvent, match="TLS"):
        send_response(request, Response(True, ""), CLOCK)


@pytest.mark.parametrize("character", ["x", '"', "\u00fc", "\U0001f4b3"])
def test_response_is_cut_to_the_cloudformation_limit(character: str) -> None:
    request = request_of(event(CallbackServer(url="https://callbacks"), "Create"))
    body = response_body(request, Response(False, character * 5_000))
    assert 3_000 < len(body) <= 4_096


def test_repr_does_not_contain_the_signed_url(callbacks: CallbackServer, capsys: pytest.CaptureFixture[str]) -> None:
    callbacks.statuses = [503]
    request = event(callbacks, "Delete")
    respond(request)
    assert "s3cr3t" not in capsys.readouterr().out + repr(request_of(request))


def test_unknown_error_is_reported_without_its_text(
    callbacks: CallbackServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> Settings:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(handler, "build", fail)
    respond(event(callbacks, RunValidation="pre", ValidationRun="1"))
    assert callbacks.received[0]["Status"] == "FAILED"
    assert "hunter2" not in json.dumps(callbacks.received) + capsys.readouterr().out


@dataclass
class CustomResourceDriver:
    """Runs the custom resource and, in this process, the two functions that it invokes."""

    environment: Environment
    callbacks: CallbackServer
    calls: list[Mapping[str, Any]] = field(default_factory=list)
    continuations: list[Mapping[str, Any]] = field(default_factory=list)
    error: Exception | None = None
    """The error that every invoked function raises."""
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    comparison_seconds: float = 0
    """The duration of a comparison."""

    def run(self, function: str, event: Mapping[str, Any]) -> Any:
        self.calls.append(event)
        if self.error is not None:
            raise self.error
        if event["operation"] == "compare":
            self.now += timedelta(seconds=self.comparison_seconds)
        if function == "cutover":
            return self.environment.run(event["operation"])
        return validation_handler.run(build_validation(self.environment.variables, Clock(sleep=lambda _: None)), event)

    def continue_later(self, function: str, event: Mapping[str, Any]) -> None:
        assert function == "custom-resource"
        self.continuations.append(event)

    def build(self, *_: object) -> Settings:
        return build(self.environment.variables, Clock(now=lambda: self.now, sleep=lambda _: None))

    def respond(self, event: Mapping[str, Any]) -> None:
        handler.respond(event, self.build().clock, 840)

    def update(self, validation: str, run: str = "1") -> dict[str, Any]:
        self.respond(event(self.callbacks, "Update", RunValidation=validation, ValidationRun=run))
        return self.callbacks.received[-1] if self.callbacks.received else {}

    def operations(self) -> list[str]:
        return [call["operation"] for call in self.calls]


@pytest.fixture
def driver(
    environment: Environment, callbacks: CallbackServer, monkeypatch: pytest.MonkeyPatch
) -> CustomResourceDriver:
    made = CustomResourceDriver(environment, callbacks)
    monkeypatch.setattr(handler, "build", made.build)
    serve_invocations(monkeypatch, synchronous=made.run, asynchronous=made.continue_later)
    environment.variables |= {"CUTOVER_FUNCTION_ARN": "cutover", "VALIDATION_FUNCTION_ARN": "validation"}
    environment.variables |= {"AWS_LAMBDA_FUNCTION_NAME": "custom-resource", "COMPARISON_CONCURRENCY": "1"}
    key = create_hmac_key()
    environment.variables |= {"HASH_KEY_ARN": key, "CHUNK_ROWS": "10"}
    for number in range(3):
        environment.pay_once(environment.source, f"before-{number}")
    return made


def test_pre_validation_of_initialized_sides_succeeds(driver: CustomResourceDriver) -> None:
    assert driver.update("pre")["Status"] == "FAILED"
    driver.environment.run("initialize")
    response = driver.update("pre")
    assert (response["Status"], response["Data"]["Result"]) == ("SUCCESS", "ready: 2 tables are alike on both sides")


def _fence_source(environment: Environment) -> None:
    environment.record_comparison()
    environment.run("fence_source")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda environment: environment.target.run("drop index payments_by_token"), "payments: index on"),
        (
            lambda environment: environment.target.run(f"alter role {_replication_user(environment)} noreplication"),
            "can log in and replicate",
        ),
        (_fence_source, "the writer is fenced"),
        (lambda environment: _set_replication(environment, source_version="9"), "the stack file specifies 9"),
        (lambda environment: _set_replication(environment, application_role="nobody"), "has no role nobody"),
    ],
)
def test_pre_validation_reports_each_missing_prerequisite(
    driver: CustomResourceDriver, damage: Callable[[Environment], object], expected: str
) -> None:
    driver.environment.run("initialize")
    damage(driver.environment)
    response = driver.update("pre")
    assert response["Status"] == "FAILED"
    assert expected in response["Reason"]


def test_post_validation_of_equal_sides_succeeds(driver: CustomResourceDriver) -> None:
    driver.environment.start_replication()
    response = driver.update("post")
    assert (response["Status"], response["Data"]["Result"]) == ("SUCCESS", "consistent: 2 tables, 3 rows")


def test_summary_request_size_is_independent_of_the_chunks(driver: CustomResourceDriver) -> None:
    driver.environment.start_replication()
    driver.update("post")
    (request,) = [call for call in driver.calls if call["operation"] == "summarize"]
    assert len(json.dumps(request)) < 400


def test_sampled_result_is_marked_as_sampled(driver: CustomResourceDriver) -> None:
    driver.environment.source.run(
        "insert into payments (token, amount) select 'more-' || g, 1 from generate_series(1, 60) g"
    )
    driver.environment.start_replication()
    driver.environment.source.run("analyze payments")
    driver.environment.variables |= {"SAMPLE_ABOVE_ROWS": "50", "SAMPLE_CHUNKS": "2"}
    assert driver.update("post")["Data"]["Result"].endswith(", 1 of the tables by samples")


def test_post_validation_after_the_cutover_succeeds(driver: CustomResourceDriver) -> None:
    driver.environment.start_replication()
    driver.environment.cut_over()
    assert driver.update("post")["Status"] == "SUCCESS"


def test_post_validation_reports_a_sequence_that_is_behind(driver: CustomResourceDriver) -> None:
    driver.environment.start_replication()
    driver.environment.cut_over()
    driver.environment.target.run("select setval('public.receipts', 1, false)")
    driver.environment.source.run("select setval('public.receipts', 500)")
    assert '"receipts"' in driver.update("post")["Reason"]


def test_post_validation_reports_a_different_row_without_its_value(driver: CustomResourceDriver) -> None:
    driver.environment.start_replication()
    driver.environment.target.run("update payments set amount = 4711.99 where id = 2")
    response = driver.update("post")
    assert response["Status"] == "FAILED"
    assert "1 rows differ in public.payments" in response["Reason"]
    assert "4711" not in json.dumps(response)


def test_post_validation_reports_a_table_in_error(driver: CustomResourceDriver) -> None:
    driver.environment.start_replication()
    driver.environment.load_task.set_table_error("refunds")
    assert "tables in error: public.refunds" in driver.update("post")["Reason"]


def test_passed_validation_run_is_not_repeated(driver: CustomResourceDriver) -> None:
    driver.environment.run("initialize")
    driver.update("pre")
    driver.environment.target.run("drop index payments_by_token")
    assert driver.update("pre")["Status"] == "SUCCESS"
    assert driver.operations() == ["premigration_check"]
    assert driver.update("pre", run="2")["Status"] == "FAILED"


def test_failed_validation_run_is_repeated(driver: CustomResourceDriver) -> None:
    driver.update("pre")
    driver.environment.run("initialize")
    assert driver.update("pre")["Status"] == "SUCCESS"


def test_comparison_continues_in_another_invocation_with_one_response(driver: CustomResourceDriver) -> None:
    driver.environment.source.run(
        "insert into payments (token, amount) select 'more-' || g, 1 from generate_series(1, 60) g"
    )
    driver.environment.start_replication()
    driver.environment.source.run("analyze payments")
    driver.comparison_seconds = 200
    driver.update("post")
    assert driver.callbacks.received == []
    while driver.continuations:
        driver.respond(driver.continuations.pop(0))
    assert [response["Data"]["Result"] for response in driver.callbacks.received] == ["consistent: 2 tables, 63 rows"]
    assert driver.operations().count("postmigration_check") == 1


def test_comparison_longer_than_an_invocation_completes_in_the_next(
    driver: CustomResourceDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.environment.start_replication()
    timeouts: list[float] = []

    def client(seconds: float = 600) -> Any:
        timeouts.append(seconds)
        if seconds < 600 and timeouts.count(seconds) == 1:
            raise ReadTimeoutError(endpoint_url="https://lambda")
        return functions(seconds)

    functions = clients.functions
    monkeypatch.setattr(clients, "functions", client)
    driver.update("post")
    assert (driver.callbacks.received, len(driver.continuations)) == ([], 1)
    monkeypatch.setattr(clients, "functions", functions)
    driver.respond(driver.continuations.pop())
    assert [response["Status"] for response in driver.callbacks.received] == ["SUCCESS"]


def test_comparison_timeout_is_reported(driver: CustomResourceDriver) -> None:
    driver.environment.start_replication()
    driver.comparison_seconds = 2_800
    driver.update("post")
    assert "chunks were compared within the hour" in driver.callbacks.received[0]["Reason"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SchemaMismatch("the target has no role x"), "SchemaMismatch: the target has no role x"),
        (RuntimeError("password=hunter2"), "a function failed with RuntimeError; see its log"),
    ],
)
def test_function_failure_is_reported_only_for_known_errors(
    driver: CustomResourceDriver, error: Exception, expected: str
) -> None:
    driver.error = error
    assert driver.update("pre")["Reason"] == expected


def _replication_user(environment: Environment) -> str:
    return environment.role.replace("app_", "dms_")


def _set_replication(environment: Environment, **facts: str) -> None:
    (entry,) = json.loads(environment.variables["REPLICATIONS"])
    environment.variables["REPLICATIONS"] = json.dumps([{**entry, **facts}])
