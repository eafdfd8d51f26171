"""The validation of two PostgreSQL servers: equal rows, differences, and rows in replication."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from common import clients
from common.clock import Clock
from common.errors import DatabaseFailure, InvalidEvent, ValidationFailed
from support.environment import Environment
from support.fault_injection import complete_despite_kills
from support.hmac_keys import create_hmac_key
from validation import handler
from validation.mismatches import MismatchCandidates, in_flight
from validation.settings import Validation, build

RUN = "arn:aws:states:us-east-1:123456789012:execution:migration:run-1"


@dataclass
class Check:
    """Runs the validation during replication; calls `meanwhile` whenever the validation waits."""

    environment: Environment
    meanwhile: Callable[[], object] = lambda: None

    def validation(self) -> Validation:
        def sleep(_: float) -> None:
            self.meanwhile()

        return build(self.environment.variables, Clock(sleep=sleep))

    def run(self, **event: object) -> dict[str, Any]:
        return handler.run(self.validation(), event)

    def plan(self) -> list[dict[str, Any]]:
        response = self.run(operation="plan", execution=RUN)
        body = clients.s3().get_object(Bucket=response["bucket"], Key=response["key"])["Body"].read()
        items: list[dict[str, Any]] = json.loads(body)
        assert len(items) == response["chunks"]
        return items

    def compare(self) -> list[dict[str, Any]]:
        return [self.run(operation="compare", chunk=item) for item in self.plan()]

    def summarize(self, results: object) -> dict[str, Any]:
        return self.run(operation="summarize", execution=RUN, results=results)

    def object(self, name: str) -> str:
        key = f"validation/run-1/{name}"
        return (
            clients.s3()
            .get_object(Bucket=self.environment.variables["CHECKPOINT_BUCKET"], Key=key)["Body"]
            .read()
            .decode()
        )


@pytest.fixture
def check(environment: Environment) -> Iterator[Check]:
    key = create_hmac_key()
    environment.variables |= {"HASH_KEY_ARN": key, "CHUNK_ROWS": "10", "MAX_LAG_SECONDS": "0"}
    environment.run("initialize")
    for side in (environment.source, environment.target):
        side.run(
            "insert into payments (id, token, amount, at)"
            " select g, 'tok_' || g, g + 0.5, '2026-01-01Z' from generate_series(1, 100) g; analyze payments"
        )
        side.run("insert into refunds values ('6f8dcc8e-bf46-4a7c-8ba2-4d6c0f1f2d0e', 1, 1.50); analyze refunds")
    yield Check(environment)


def total(results: list[dict[str, Any]], name: str) -> int:
    return sum(int(result.get(name, 0)) for result in results)


def rows_of(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the results of row comparisons, without those of schema checks."""
    return [result for result in results if "check" not in result]


def test_equal_sides_are_consistent(check: Check) -> None:
    results = check.compare()
    assert len(rows_of(results)) == 11
    summary = check.summarize(results)
    assert (summary["consistent"], summary["tables"], summary["rows"], summary["different"]) == (True, 2, 101, 0)


def test_every_kind_of_difference_is_counted_and_named(check: Check) -> None:
    check.environment.target.run("delete from payments where id = 5")
    check.environment.source.run("delete from payments where id = 17")
    check.environment.target.run("update payments set amount = 99, state = 'lost' where id = 42")
    results = check.compare()
    assert [total(results, name) for name in ("different", "missing", "extra", "changed")] == [3, 1, 1, 1]
    assert [result["columns"] for result in results if result.get("changed")] == [["amount", "state"]]


def test_null_differs_from_empty_text(check: Check) -> None:
    for side, value in ((check.environment.source, "''"), (check.environment.target, "null")):
        side.run(f"alter table payments add note text; update payments set note = {value}")
    assert total(check.compare(), "different") == 100


def test_results_contain_no_value_of_a_row(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    for side, token in ((check.environment.source, "4111111111111111"), (check.environment.target, "5500005555555559")):
        side.run(f"insert into payments (id, token, amount) values (77123456, '{token}', 1)")
    results = check.compare()
    with pytest.raises(ValidationFailed) as failed:
        check.summarize(results)
    shown = json.dumps(results) + str(failed.value) + capsys.readouterr().out + check.object("report.jsonl")
    assert not any(value in shown for value in ("4111", "5500005555555559", "77123456"))
    assert all(len(key) == 64 for result in results for key in result.get("keys", []))


def test_equal_rows_have_equal_digests_in_two_invocations(check: Check) -> None:
    check.environment.target.run("delete from payments where id = 5")
    assert rows_of(check.compare())[0]["keys"] == rows_of(check.compare())[0]["keys"]


def test_digests_of_two_environments_differ(check: Check) -> None:
    check.environment.target.run("delete from payments where id = 5")
    first = rows_of(check.compare())[0]["keys"]
    check.environment.variables |= {"HASH_KEY_ARN": create_hmac_key()}
    assert rows_of(check.compare())[0]["keys"] != first


def test_row_in_replication_is_not_a_difference(check: Check) -> None:
    check.environment.source.run("insert into payments (id, token, amount, at) values (1000, 'new', 1, '2026-01-01Z')")
    check.meanwhile = lambda: check.environment.target.run(
        "insert into payments (id, token, amount, at) values (1000, 'new', 1, '2026-01-01Z') on conflict do nothing"
    )
    assert total(check.compare(), "different") == 0


def test_changing_row_is_not_a_difference_while_the_target_catches_up(check: Check) -> None:
    copy = "update payments set amount = {} where id = 9"

    def trade() -> None:
        (amount,) = check.environment.source.run("select amount from payments where id = 9")[0]
        check.environment.target.run(copy.format(amount))
        check.environment.source.run(copy.format(amount + 1))

    check.environment.source.run(copy.format(500))
    check.meanwhile = trade
    assert total(check.compare(), "different") == 0


def test_stalled_target_is_a_difference_despite_a_changing_source(check: Check) -> None:
    check.environment.source.run("update payments set amount = amount + 1 where id = 9")
    check.meanwhile = lambda: check.environment.source.run("update payments set amount = amount + 1 where id = 9")
    assert total(check.compare(), "different") == 1


@pytest.mark.parametrize(
    ("before", "now", "target", "follows"),
    [
        ("a", "b", "a", True),
        ("a", "b", "b", True),
        ("a", "b", "c", False),
        (None, "a", None, True),
        ("a", None, "b", False),
    ],
)
def test_target_with_the_previous_state_counts_as_equal(
    before: str | None, now: str | None, target: str | None, follows: bool
) -> None:
    assert in_flight(before, now, target) is follows


def test_missing_chunk_fails_the_validation(check: Check) -> None:
    results = check.compare()
    with pytest.raises(ValidationFailed, match="1 of 14 chunks were not compared"):
        check.summarize(results[1:])


def test_repeated_result_counts_once(check: Check) -> None:
    results = check.compare()
    assert check.summarize([*results, results[0]])["rows"] == 101


def test_results_of_a_distributed_map_are_read_from_its_manifest(check: Check) -> None:
    results, bucket = check.compare(), check.environment.variables["CHECKPOINT_BUCKET"]

    def put(key: str, value: object) -> None:
        clients.s3().put_object(Bucket=bucket, Key=key, Body=json.dumps(value).encode())

    put("map/SUCCEEDED_0.json", [{"Status": "SUCCEEDED", "Output": json.dumps(result)} for result in results])
    put(
        "map/manifest.json",
        {"ResultFiles": {"FAILED": [], "PENDING": [], "SUCCEEDED": [{"Key": "map/SUCCEEDED_0.json"}]}},
    )
    map_result: Mapping[str, object] = {"ResultWriterDetails": {"Bucket": bucket, "Key": "map/manifest.json"}}
    assert check.summarize(map_result)["consistent"] is True


def test_summary_is_published_as_metrics(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    check.summarize(check.compare())
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    whole = [metric for metric in metrics if "RowsCompared" in metric]
    assert [(metric["RowsCompared"], metric["RowsDifferent"]) for metric in whole] == [(101, 0)]
    assert {metric["Table"] for metric in metrics if "Table" in metric} == {"public.payments", "public.refunds"}


def test_existing_plan_is_reused(check: Check) -> None:
    first = check.plan()
    check.environment.source.run(
        "insert into payments (token, amount) select 'x', 1 from generate_series(1, 0); analyze payments"
    )
    check.environment.variables["CHUNK_ROWS"] = "50"
    assert check.plan() == first


def test_killed_validation_completes(check: Check) -> None:
    assert complete_despite_kills(check.plan) >= 2
    results = check.compare()
    assert complete_despite_kills(lambda: check.summarize(results)) >= 2
    assert check.summarize(results)["consistent"] is True


@pytest.mark.parametrize("execution", ["../other", "a/b", "", ".hidden"])
def test_execution_name_cannot_leave_its_folder(check: Check, execution: str) -> None:
    with pytest.raises(InvalidEvent):
        check.run(operation="plan", execution=execution)


def test_unplanned_chunk_is_rejected(check: Check) -> None:
    item = check.plan()[-1]
    with pytest.raises(InvalidEvent, match="no chunk 99"):
        check.run(operation="compare", chunk={**item, "chunk": 99})


def test_text_keys_with_different_collations_are_compared(check: Check) -> None:
    for side, collation in ((check.environment.source, "C"), (check.environment.target, "und-x-icu")):
        side.run(
            f'create table words (word text collate "{collation}" primary key);'
            "insert into words select case g % 3 when 0 then 'A' when 1 then 'a' else '-' end || md5(g::text)"
            " from generate_series(1, 300) g; analyze words; grant select on words to public"
        )
    check.environment.target.run("insert into words values ('Zebra'), ('b');")
    check.environment.target.run("delete from words where word = (select min(word) from words)")
    words = [result for result in rows_of(check.compare()) if result["table"] == "public.words"]
    assert len(words) > 20
    assert [total(words, name) for name in ("extra", "missing")] == [2, 1]


def test_failed_replication_records_are_a_finding(check: Check) -> None:
    check.environment.load_task.set_loaded("payments", "refunds")
    check.environment.load_task.set_statistics(ValidationSuspendedRecords=2, ValidationPendingRecords=3)
    results = check.compare()
    found = next(result for result in results if result.get("check") == "replication")
    assert found["findings"] == ["4 rows are suspended in the validation of the replication task"]
    assert found["notes"] == ["6 rows are pending in the validation of the replication task"]
    with pytest.raises(ValidationFailed, match="4 rows are suspended"):
        check.summarize(results)


def test_sequence_may_be_behind_until_the_promotion(check: Check) -> None:
    check.environment.source.run("select setval('receipts', 500)")
    sequences = [result for result in check.compare() if result.get("check") == "sequences"]
    assert (sequences[0]["findings"], sequences[0]["notes"]) == (
        [],
        ["the sequence public.receipts has a lower value in the target"],
    )
    name = f"{check.environment.variables['PARAMETER_PREFIX']}/writer"
    clients.ssm().put_parameter(Name=name, Value="target", Overwrite=True)
    sequences = [result for result in check.compare() if result.get("check") == "sequences"]
    assert sequences[0]["findings"] == ["the sequence public.receipts has a lower value in the target"]


def test_source_sessions_are_limited(check: Check) -> None:
    check.environment.variables |= {"SOURCE_SESSIONS": "1", "STATEMENT_TIMEOUT_SECONDS": "1"}
    item = check.plan()[-1]
    validation = check.validation()
    with validation.read_source(validation.replications[0]), pytest.raises(DatabaseFailure, match="53300"):
        check.run(operation="compare", chunk=item)
    assert check.run(operation="compare", chunk=item)["different"] == 0


def test_duty_cycle_throttles_the_source(check: Check) -> None:
    check.environment.variables |= {"SOURCE_DUTY_CYCLE_PERCENT": "50"}
    rested: list[None] = []
    check.meanwhile = lambda: rested.append(None)
    check.run(operation="compare", chunk=check.plan()[-1])
    assert len(rested) == 1


def test_table_without_key_is_compared_as_a_whole(check: Check) -> None:
    for side in (check.environment.source, check.environment.target):
        side.run(
            "create table events (what text); insert into events select 'x' from generate_series(1, 50);"
            "grant select on events to public"
        )
    check.environment.target.run("update events set what = 'y' where ctid = '(0,7)'")
    (events,) = [result for result in check.compare() if result.get("table") == "public.events"]
    assert (events["rows"], events["different"], events["without_key"], events["keys"]) == (50, 1, 1, [])


def test_constantly_changing_row_differs_in_its_stable_columns() -> None:
    key = ("9",)
    candidates = MismatchCandidates([key])
    candidates.recheck({key: ("amount 1", "state")}, {key: ("amount 0", "lost")})
    candidates.recheck({key: ("amount 5", "state")}, {key: ("amount 3", "lost")})
    assert candidates.columns(key) == ([1], True)
    candidates.recheck({key: ("amount 9", "state")}, {key: ("amount 7", "state")})
    assert candidates.columns(key) == ([], True)
