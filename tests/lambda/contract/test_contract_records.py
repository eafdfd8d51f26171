"""Errors, log events, metrics, S3 keys and parameters of code."""

import pytest

from contract.errors import Error, created_errors, defined_errors
from contract.log_events import Event, Metric, events, metrics
from contract.paths import parameter_paths, s3_keys, s3_prefixes
from contract.program import Program, parse
from contract.strings import Unresolved

ERRORS = """
class MigrationError(Exception): ...
class FenceTimeout(MigrationError): ...
class Unused(MigrationError): ...
class Writer(Enum): ...
"""


def program(code: str, **modules: str) -> Program:
    return parse({"f.handler": code, **{name.replace("__", "."): source for name, source in modules.items()}})


def created(code: str) -> list[str]:
    parsed = program(
        f"from common import errors\nfrom common.errors import FenceTimeout\n{code}", common__errors=ERRORS
    )
    return [error.name for error in created_errors(parsed, parsed.units.values())]


def test_defined_errors_are_the_exception_classes_with_their_bases() -> None:
    errors = defined_errors(program("", common__errors=ERRORS))
    assert [error.name for error in errors] == ["FenceTimeout", "MigrationError", "Unused"]
    assert errors[0] == Error("FenceTimeout", "common.errors", ("MigrationError", "Exception"))


@pytest.mark.parametrize(
    "code",
    [
        "raise FenceTimeout('late')",
        "raise FenceTimeout",
        "raise errors.FenceTimeout('late')",
        "late = FenceTimeout('late')",
        "poll(done, FenceTimeout('late'))",
    ],
)
def test_created_error_is_found(code: str) -> None:
    assert created(code) == ["FenceTimeout"]


def test_handled_error_is_not_created() -> None:
    assert created("try:\n    run()\nexcept FenceTimeout:\n    pass") == []


def logged(code: str) -> tuple[Event, ...]:
    parsed = program(f"from common import log\nfrom common.log import info\n{code}")
    return events(parsed, parsed.units.values())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("log.info('fenced', side='source')", {("fenced", "INFO", "side")}),
        ("info('fenced')", {("fenced", "INFO", "")}),
        (
            "log.warning('held'); log.error('failed', error=1, cause=2)",
            {("held", "WARN", ""), ("failed", "ERROR", "cause error")},
        ),
        ("log.info('a' if new else 'b', id=1)", {("a", "INFO", "id"), ("b", "INFO", "id")}),
        ("log.info(f'transaction-{status}')", {("transaction-*", "INFO", "")}),
        ("log.info('a', x=1, y=2); log.info('a', x=1)", {("a", "INFO", "x")}),
        ("log.info('a', **fields)", {("a", "INFO", "")}),
        ("log.masked(text); other.info('a')", set()),
    ],
)
def test_log_call_yields_event_level_and_common_fields(code: str, expected: set[tuple[str, str, str]]) -> None:
    assert {(each.name, each.level, " ".join(sorted(each.fields))) for each in logged(code)} == expected


def test_event_from_a_constant_dictionary_is_any_of_its_values() -> None:
    assert [each.name for each in logged("NAMES = {1: 'a', 2: 'b'}\nlog.info(NAMES[kind])")] == ["a", "b"]


def test_event_that_is_no_literal_is_rejected() -> None:
    with pytest.raises(Unresolved, match=r"f\.handler:3: `name\(\)` is not a literal"):
        logged("log.info(name())")


@pytest.mark.parametrize("values", ["{'Rows': 1}", "values"])
def test_metric_has_unit_and_dimensions(values: str) -> None:
    parsed = program(
        "from common import log\n"
        f"def f():\n    values = {{'Rows': 1}}\n    log.metric(space, {values}, unit='Count', Table='t')"
    )
    assert metrics(parsed, parsed.units.values()) == (Metric("Rows", "Count", ("Table",)),)


def test_s3_keys_are_patterns_that_start_with_a_folder() -> None:
    parsed = program(
        "a = f'validation/{run}/results.json', f'rollback/{name}/{run}.json', f'{x}/y', f'{a} is / b', 'a/b'"
    )
    assert s3_keys(parsed, parsed.units.values()) == ("rollback/*/*.json", "validation/*/results.json")
    assert s3_prefixes(parsed, parsed.units.values()) == ("rollback/", "validation/")


def test_parameter_paths_are_those_that_parameters_reads_and_writes() -> None:
    parameters = """
class Parameters:
    def writer(self): return self._get("writer")
    def set_hold(self, reason): self._put("traffic/hold", reason)
    def settings(self, *names): return self.client.get_parameters(Names=names)
    def _get(self, name): return self.client.get_parameter(Name=name)
    def _put(self, name, value): ...
"""
    code = "from common.parameters import Parameters\nLIMITS = ('limits/currency', 'limits/largest-payment')\n"
    code += "def handle(event, context): return Parameters().settings(*LIMITS), Parameters().writer()\n"
    parsed = program(code, common__parameters=parameters)
    found = parameter_paths(parsed, parsed.reachable("f.handler.handle"))
    assert found == ("limits/currency", "limits/largest-payment", "writer")
