"""The environment variables that code reads through `common.settings.Variables` or `os.environ`."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from contract.program import Program, Unit
from contract.strings import strings

_TYPES = {
    "required": "string",
    "optional": "string",
    "single_with_prefix": "string",
    "integer": "integer",
    "json": "json",
    "string_list": "string-list",
}
"""The type of the variable that each method of `Variables` reads."""

_REQUIRED = ("required", "json", "single_with_prefix")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, order=True)
class Variable:
    """An environment variable; with `is_prefix`, the only variable whose name starts with `name`."""

    name: str
    type: str
    is_required: bool
    default: str | None = None
    """The default as an expression, if the code has one."""
    is_prefix: bool = False


def variables(program: Program, units: Iterable[Unit]) -> tuple[Variable, ...]:
    """Return the variables that the units read, by name."""
    found: dict[str, Variable] = {}
    for unit in units:
        for variable in _reads(program, unit):
            known = found.get(variable.name)
            found[variable.name] = variable if known is None else _merge(known, variable)
    return tuple(found[name] for name in sorted(found))


def _reads(program: Program, unit: Unit) -> Iterator[Variable]:
    if ".Variables." in unit.name:  # its own methods pass names on
        return
    for node in unit.walk():
        match node:
            case ast.Call(func=ast.Attribute(attr="get", value=owner), args=[name, *default]) if _is_environ(owner):
                yield from _named(program, unit, name, "string", False, default)
            case ast.Subscript(value=owner, slice=name) if _is_environ(owner):
                yield from _named(program, unit, name, "string", True, [])
            case ast.Call(func=ast.Attribute(attr=method), args=[name, *default]) if _is_variables_call(method, name):
                is_required = method in _REQUIRED
                for variable in _named(program, unit, name, _TYPES[method], is_required, default):
                    yield replace(variable, is_prefix=method == "single_with_prefix")


def _named(
    program: Program, unit: Unit, name: ast.expr, kind: str, is_required: bool, default: list[ast.expr]
) -> Iterator[Variable]:
    text = ast.unparse(default[0]) if default else None
    for each in strings(program, unit, name):
        yield Variable(each, kind, is_required, text)


def _is_environ(node: ast.expr) -> bool:
    return ast.unparse(node) in ("os.environ", "environ")


def _is_variables_call(method: str, name: ast.expr) -> bool:
    """Return whether a call can be one of `Variables`: other classes have methods of these names too."""
    is_literal = isinstance(name, ast.Constant)
    is_variable_name = isinstance(name, ast.Constant) and bool(_NAME.fullmatch(str(name.value)))
    return method in _TYPES and (is_variable_name or (not is_literal and method != "json"))


def _merge(one: Variable, other: Variable) -> Variable:
    """Combine two reads: a variable that is checked with `optional` first is optional, whatever parses it later."""
    specific = one if one.type != "string" else other
    return replace(
        specific,
        is_required=one.is_required and other.is_required,
        default=one.default or other.default,
        is_prefix=one.is_prefix or other.is_prefix,
    )
