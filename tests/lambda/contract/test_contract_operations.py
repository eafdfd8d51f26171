"""The operations of a handler, their arguments and their answers."""

import pytest

from contract.operations import Operation, operations, shared_arguments
from contract.program import Program, parse


def program(code: str, **modules: str) -> Program:
    return parse({"f.handler": code, **{name.replace("__", "."): source for name, source in modules.items()}})


def found(code: str, **modules: str) -> dict[str, Operation]:
    parsed = program(code, **modules)
    return {operation.name: operation for operation in operations(parsed, parsed.units.values())}


def case(pattern: str, body: str = "return {}") -> str:
    return f"def handle(event, context):\n    match event:\n        case {pattern}:\n            {body}\n"


@pytest.mark.parametrize(
    ("pattern", "arguments"),
    [
        ("{'operation': 'run'}", {}),
        ("{'operation': 'run', 'percent': int(percent)} if percent", {"percent": "int"}),
        ("{'operation': 'run', 'reason': reason}", {"reason": "any"}),
        ("{'operation': 'run', 'decision': 'approve' | 'reject' as decision}", {"decision": "approve|reject"}),
        ("{'operation': 'run', 'chunk': {'table': str()} as chunk}", {"chunk": "dict"}),
        ("{'operation': 'run', 'items': [*items]}", {"items": "list"}),
    ],
)
def test_mapping_pattern_yields_typed_arguments(pattern: str, arguments: dict[str, str]) -> None:
    assert found(case(pattern))["run"].arguments == arguments


def test_alternatives_are_separate_operations() -> None:
    assert set(found(case("{'operation': 'one' | 'two'} | {'operation': 'three'}"))) == {"one", "two", "three"}


def test_case_that_only_raises_is_no_operation() -> None:
    assert found(case("{'operation': 'run', 'decision': decision}", "raise ValueError(decision)")) == {}


def test_event_that_is_no_operation_is_ignored() -> None:
    assert found(case("{'detail-type': 'CloudWatch Alarm State Change'}")) == {}


def test_member_read_in_the_case_is_an_argument() -> None:
    code = case("{'operation': 'run'}", "return run(event.get('token'), event['id'])")
    assert found(code)["run"].arguments == {"id": "any", "token": "any"}


LITERAL_CASES = """
def handle(event, context):
    selected = action(event)
    match selected:
        case "book":
            return _book(event)
        case "find":
            return _find(event)
        case _:
            raise ValueError(selected)

def _book(event):
    return {"outcome": book(event.get("order"))}

def _find(given):
    match given:
        case {"id": str(payment_id), "principal": str(principal)}:
            return {"outcome": "found", "payment": payment_id}
        case _:
            raise ValueError
"""


def test_literal_cases_are_operations_with_the_members_that_called_functions_read() -> None:
    operations = found(LITERAL_CASES)
    assert {name: set(each.arguments) for name, each in operations.items()} == {
        "book": {"order"},
        "find": {"id", "principal"},
    }


def test_literal_cases_outside_a_handler_are_ignored() -> None:
    assert found("", f__rules="def kind(text):\n    match text:\n        case 'book':\n            return 1\n") == {}


def test_member_read_outside_the_cases_is_a_shared_argument() -> None:
    code = case("{'operation': 'run', 'percent': int()}").replace(
        "    match event:", "    log(event.get('operation'), event.get('execution', ''))\n    match event:"
    )
    parsed = program(code)
    assert shared_arguments(parsed, parsed.units.values()) == ("execution",)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("return {'state': 'soaking', 'percent': 1}", {"state", "percent"}),
        ("return run(event)", {"state"}),
        ("return run(event) | {'extra': 1}", {"state", "extra"}),
        ("return {**run(event), 'extra': 1}", {"state", "extra"}),
        ("return shared.answer()", {"one", "two"}),
        ("return {name: 1 for name in ('one', 'two')}", {"one", "two"}),
        ("return HEALTHY", {"outcome"}),
        ("return event['answer']", None),
        ("return unknown(event)", None),
    ],
)
def test_answer_has_the_members_of_all_returned_dictionaries(body: str, answer: set[str] | None) -> None:
    code = case("{'operation': 'run'}", body) + (
        "HEALTHY = {'outcome': 'healthy'}\n"
        "def run(event):\n    facts = {'state': 1}\n    return facts\n"
        "from common import shared\n"
    )
    shared = "def answer():\n    if late():\n        return {'one': 1}\n    return {'two': 2}\n"
    assert found(code, common__shared=shared)["run"].answer == answer


def test_answer_that_is_extended_later_is_unknown() -> None:
    code = (
        case("{'operation': 'run'}", "return run()") + "def run():\n    x = {'a': 1}\n    x[name()] = 2\n    return x\n"
    )
    assert found(code)["run"].answer is None
