"""The custom resource's function: what it answers, and that it always does."""

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
from support.secrets import create_secret
from validation import handler as validation_handler
from validation.settings import build as build_validation

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/validation/5f6b-11"
PATIENT = Clock(sleep=lambda _: None)


@dataclass
class Answers:
    """Where CloudFormation takes answers; `statuses` are what it says, one after another, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    types: list[str | None] = field(default_factory=list)


@contextmanager
def taking(answers: Answers) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = answers.statuses.pop(0) if answers.statuses else 200
            if status == 200:
                answers.taken.append(json.loads(body))
                answers.types.append(self.headers["Content-Type"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answers.url = f"http://127.0.0.1:{server.server_port}/answer?signature=s3cr3t%2Fsigned"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def answers() -> Iterator[Answers]:
    made = Answers()
    with taking(made):
        yield made


def event(answers: Answers, kind: str = "Create", **properties: str) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": answers.url,
        "StackId": STACK,
        "RequestId": "request-1",
        "LogicalResourceId": "Validation",
        "ResourceProperties": properties,
    }


def respond(event: Mapping[str, Any]) -> None:
    handler.respond(event, PATIENT, 840)


@pytest.mark.parametrize(
    ("kind", "properties", "status", "told"),
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
    answers: Answers, kind: str, properties: dict[str, str], status: str, told: str
) -> None:
    handler.handle(event(answers, kind, **properties), None)
    (answer,) = answers.taken
    assert answer["Status"] == status
    assert told in answer["Reason"]
    assert answers.types == [""]


def test_physical_resource_id_is_stable(answers: Answers) -> None:
    respond(event(answers, "Create", RunValidation="skip", ValidationRun="1"))
    physical = answers.taken[0]["PhysicalResourceId"]
    for kind in ("Update", "Delete"):
        respond({**event(answers, kind, RunValidation="skip", ValidationRun="2"), "PhysicalResourceId": physical})
    assert {answer["PhysicalResourceId"] for answer in answers.taken} == {physical}


def test_rejected_response_is_sent_again(answers: Answers) -> None:
    answers.statuses = [503, 500]
    respond(event(answers, "Delete"))
    assert len(answers.taken) == 1


def test_undelivered_response_raises_for_another_invocation(answers: Answers) -> None:
    answers.statuses = [503] * 5
    with pytest.raises(NotDelivered):
        respond(event(answers, "Delete"))


def test_response_is_sent_over_tls_only() -> None:
    request = request_of(event(Answers(url="http://example.com/answer"), "Delete"))
    with pytest.raises(InvalidEvent, match="TLS"):
        send_response(request, Response(True, ""), PATIENT)


@pytest.mark.parametrize("character", ["x", '"', "\u00fc", "\U0001f4b3"])
def test_response_is_cut_to_the_cloudformation_limit(character: str) -> None:
    request = request_of(event(Answers(url="https://answers"), "Create"))
    body = response_body(request, Response(False, character * 5_000))
    assert 3_000 < len(body) <= 4_096


def test_repr_does_not_contain_the_signed_url(answers: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    answers.statuses = [503]
    request = event(answers, "Delete")
    respond(request)
    assert "s3cr3t" not in capsys.readouterr().out + repr(request_of(request))


def test_unknown_error_is_reported_without_its_text(
    answers: Answers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> Settings:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(handler, "build", fail)
    respond(event(answers, RunValidation="pre", ValidationRun="1"))
    assert answers.taken[0]["Status"] == "FAILED"
    assert "hunter2" not in json.dumps(answers.taken) + capsys.readouterr().out


@dataclass
class Deployed:
    """The function beside the two that it calls, which run here."""

    environment: Environment
    answers: Answers
    calls: list[Mapping[str, Any]] = field(default_factory=list)
    later: list[Mapping[str, Any]] = field(default_factory=list)
    fault: Exception | None = None
    """What the functions end with, whatever they are asked."""
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    seconds: float = 0
    """What a comparison takes."""

    def run(self, function: str, event: Mapping[str, Any]) -> Any:
        self.calls.append(event)
        if self.fault is not None:
            raise self.fault
        if event["operation"] == "compare":
            self.now += timedelta(seconds=self.seconds)
        if function == "cutover":
            return self.environment.run(event["operation"])
        return validation_handler.run(build_validation(self.environment.variables, Clock(sleep=lambda _: None)), event)

    def go_on(self, function: str, event: Mapping[str, Any]) -> None:
        assert function == "custom-resource"
        self.later.append(event)

    def build(self, *_: object) -> Settings:
        return build(self.environment.variables, Clock(now=lambda: self.now, sleep=lambda _: None))

    def respond(self, event: Mapping[str, Any]) -> None:
        handler.respond(event, self.build().clock, 840)

    def ask(self, validation: str, run: str = "1") -> dict[str, Any]:
        self.respond(event(self.answers, "Update", RunValidation=validation, ValidationRun=run))
        return self.answers.taken[-1] if self.answers.taken else {}

    def operations(self) -> list[str]:
        return [call["operation"] for call in self.calls]


@pytest.fixture
def deployed(environment: Environment, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    made = Deployed(environment, answers)
    monkeypatch.setattr(handler, "build", made.build)
    serve_invocations(monkeypatch, synchronous=made.run, asynchronous=made.go_on)
    environment.variables |= {"CUTOVER_FUNCTION_ARN": "cutover", "VALIDATION_FUNCTION_ARN": "validation"}
    environment.variables |= {"AWS_LAMBDA_FUNCTION_NAME": "custom-resource", "COMPARISON_CONCURRENCY": "1"}
    key = create_secret("hash-key", {"key": "k" * 32})
    environment.variables |= {"HASH_KEY_SECRET": key, "CHUNK_ROWS": "10"}
    for number in range(3):
        environment.pay_once(environment.source, f"before-{number}")
    return made


def test_pre_validation_of_initialized_sides_succeeds(deployed: Deployed) -> None:
    assert deployed.ask("pre")["Status"] == "FAILED"
    deployed.environment.run("initialize")
    answer = deployed.ask("pre")
    assert (answer["Status"], answer["Data"]["Result"]) == ("SUCCESS", "ready: 2 tables are alike on both sides")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda environment: environment.target.run("drop index payments_by_token"), "payments: index on"),
        (
            lambda environment: environment.target.run(f"alter role {_carrier(environment)} noreplication"),
            "may log in and replicate",
        ),
        (lambda environment: environment.run("fence_source"), "the writer is fenced"),
        (lambda environment: _claim(environment, source_version="9"), "the stack file says 9"),
        (lambda environment: _claim(environment, application_role="nobody"), "has no role nobody"),
    ],
)
def test_pre_validation_reports_each_missing_prerequisite(
    deployed: Deployed, fault: Callable[[Environment], object], told: str
) -> None:
    deployed.environment.run("initialize")
    fault(deployed.environment)
    answer = deployed.ask("pre")
    assert answer["Status"] == "FAILED"
    assert told in answer["Reason"]


def test_post_validation_of_equal_sides_succeeds(deployed: Deployed) -> None:
    deployed.environment.start_replication()
    answer = deployed.ask("post")
    assert (answer["Status"], answer["Data"]["Result"]) == ("SUCCESS", "consistent: 2 tables, 3 rows")


def test_summary_request_size_is_independent_of_the_chunks(deployed: Deployed) -> None:
    deployed.environment.start_replication()
    deployed.ask("post")
    (asked,) = [call for call in deployed.calls if call["operation"] == "summarize"]
    assert len(json.dumps(asked)) < 400


def test_sampled_result_is_marked_as_sampled(deployed: Deployed) -> None:
    deployed.environment.source.run(
        "insert into payments (token, amount) select 'more-' || g, 1 from generate_series(1, 60) g"
    )
    deployed.environment.start_replication()
    deployed.environment.source.run("analyze payments")
    deployed.environment.variables |= {"SAMPLE_ABOVE_ROWS": "50", "SAMPLE_CHUNKS": "2"}
    assert deployed.ask("post")["Data"]["Result"].endswith(", 1 of the tables by samples")


def test_post_validation_after_the_cutover_succeeds(deployed: Deployed) -> None:
    deployed.environment.start_replication()
    deployed.environment.cut_over()
    assert deployed.ask("post")["Status"] == "SUCCESS"


def test_post_validation_reports_a_sequence_that_is_behind(deployed: Deployed) -> None:
    deployed.environment.start_replication()
    deployed.environment.cut_over()
    deployed.environment.target.run("select setval('public.receipts', 1, false)")
    deployed.environment.source.run("select setval('public.receipts', 500)")
    assert '"receipts"' in deployed.ask("post")["Reason"]


def test_post_validation_reports_a_different_row_without_its_value(deployed: Deployed) -> None:
    deployed.environment.start_replication()
    deployed.environment.target.run("update payments set amount = 4711.99 where id = 2")
    answer = deployed.ask("post")
    assert answer["Status"] == "FAILED"
    assert "1 rows differ in public.payments" in answer["Reason"]
    assert "4711" not in json.dumps(answer)


def test_post_validation_reports_a_table_in_error(deployed: Deployed) -> None:
    deployed.environment.start_replication()
    deployed.environment.load_task.tables_in_error = ("refunds",)
    assert "tables in error: public.refunds" in deployed.ask("post")["Reason"]


def test_passed_validation_run_is_not_repeated(deployed: Deployed) -> None:
    deployed.environment.run("initialize")
    deployed.ask("pre")
    deployed.environment.target.run("drop index payments_by_token")
    assert deployed.ask("pre")["Status"] == "SUCCESS"
    assert deployed.operations() == ["premigration_check"]
    assert deployed.ask("pre", run="2")["Status"] == "FAILED"


def test_failed_validation_run_is_repeated(deployed: Deployed) -> None:
    deployed.ask("pre")
    deployed.environment.run("initialize")
    assert deployed.ask("pre")["Status"] == "SUCCESS"


def test_comparison_continues_in_another_invocation_with_one_response(deployed: Deployed) -> None:
    deployed.environment.source.run(
        "insert into payments (token, amount) select 'more-' || g, 1 from generate_series(1, 60) g"
    )
    deployed.environment.start_replication()
    deployed.environment.source.run("analyze payments")
    deployed.seconds = 200
    deployed.ask("post")
    assert deployed.answers.taken == []
    while deployed.later:
        deployed.respond(deployed.later.pop(0))
    assert [answer["Data"]["Result"] for answer in deployed.answers.taken] == ["consistent: 2 tables, 63 rows"]
    assert deployed.operations().count("postmigration_check") == 1


def test_comparison_longer_than_an_invocation_completes_in_the_next(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.environment.start_replication()
    patience: list[float] = []

    def client(seconds: float = 600) -> Any:
        patience.append(seconds)
        if seconds < 600 and patience.count(seconds) == 1:
            raise ReadTimeoutError(endpoint_url="https://lambda")
        return functions(seconds)

    functions = clients.functions
    monkeypatch.setattr(clients, "functions", client)
    deployed.ask("post")
    assert (deployed.answers.taken, len(deployed.later)) == ([], 1)
    monkeypatch.setattr(clients, "functions", functions)
    deployed.respond(deployed.later.pop())
    assert [answer["Status"] for answer in deployed.answers.taken] == ["SUCCESS"]


def test_comparison_timeout_is_reported(deployed: Deployed) -> None:
    deployed.environment.start_replication()
    deployed.seconds = 2_800
    deployed.ask("post")
    assert "chunks were compared within the hour" in deployed.answers.taken[0]["Reason"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (SchemaMismatch("the target has no role x"), "SchemaMismatch: the target has no role x"),
        (RuntimeError("password=hunter2"), "a function failed with RuntimeError; see its log"),
    ],
)
def test_function_failure_is_reported_only_for_known_errors(deployed: Deployed, fault: Exception, told: str) -> None:
    deployed.fault = fault
    assert deployed.ask("pre")["Reason"] == told


def _carrier(environment: Environment) -> str:
    return environment.role.replace("app_", "dms_")


def _claim(environment: Environment, **facts: str) -> None:
    (entry,) = json.loads(environment.variables["REPLICATIONS"])
    environment.variables["REPLICATIONS"] = json.dumps([{**entry, **facts}])
