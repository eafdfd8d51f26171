"""The environment variables that code reads."""

import pytest

from contract.program import parse
from contract.strings import Unresolved
from contract.variables import Variable, variables


def found(body: str, **modules: str) -> tuple[Variable, ...]:
    """Extract the variables of a handler with this body."""
    sources = {"f.handler": body, **{name.replace("__", "."): source for name, source in modules.items()}}
    program = parse(sources)
    return variables(program, program.units.values())


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("variables.required('A')", Variable("A", "string", True)),
        ("variables.optional('A')", Variable("A", "string", False)),
        ("variables.integer('A', 5)", Variable("A", "integer", False, "5")),
        ("variables.integer('A', 64 * 1024)", Variable("A", "integer", False, "64 * 1024")),
        ("variables.json('A')", Variable("A", "json", True)),
        ("variables.string_list('A')", Variable("A", "string-list", False)),
        ("variables.single_with_prefix('TABLE_')", Variable("TABLE_", "string", True, is_prefix=True)),
        ("Variables(os.environ).required('A')", Variable("A", "string", True)),
        ("os.environ.get('A')", Variable("A", "string", False)),
        ("os.environ.get('A', 'x')", Variable("A", "string", False, "'x'")),
        ("os.environ['A']", Variable("A", "string", True)),
    ],
)
def test_read_yields_name_type_and_default(call: str, expected: Variable) -> None:
    assert found(call) == (expected,)


def test_names_in_a_loop_are_resolved() -> None:
    assert [each.name for each in found("[variables.optional(name) for name in ('B', 'A')]")] == ["A", "B"]


def test_name_in_a_constant_is_resolved() -> None:
    handler = "from common.names import NAME\nvariables.required(NAME)"
    assert found(handler, common__names="NAME = 'A'") == (Variable("A", "string", True),)


def test_optional_check_makes_a_later_parse_optional() -> None:
    code = "x = variables.json('A') if variables.optional('A') else {}"
    assert found(code) == (Variable("A", "json", False),)


def test_name_that_is_no_literal_is_rejected() -> None:
    with pytest.raises(Unresolved, match="is not a literal"):
        found("variables.required(event['name'])")


def test_methods_of_other_classes_are_ignored() -> None:
    assert found("response.json('text'); event.get('A')") == ()


def test_methods_of_variables_are_ignored() -> None:
    assert found("", common__settings="class Variables:\n    def json(self, name): return self.required(name)") == ()
