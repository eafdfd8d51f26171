"""The strings that an expression can have, as far as the source shows them."""

import ast
from collections.abc import Iterator

from contract.program import Program, Unit


class Unresolved(Exception):
    """An expression whose strings the source does not show. The contract requires literal names."""


def strings(program: Program, unit: Unit, node: ast.expr) -> tuple[str, ...]:
    """Return the possible strings of an expression; a placeholder of an f-string becomes `*`.

    Literals, conditional expressions, tuples, module constants, lookups in constant dictionaries and loop variables
    are resolved.
    """
    match node:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.JoinedStr(values=parts):
            return ("".join(map(_part, parts)),)
        case ast.IfExp(body=body, orelse=orelse):
            return (*strings(program, unit, body), *strings(program, unit, orelse))
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return tuple(text for element in elements for text in strings(program, unit, element))
        case ast.Subscript(value=ast.Name() | ast.Attribute() as name):
            table = program.constant(unit.module, name)
            if isinstance(table, ast.Dict):
                return tuple(text for value in table.values for text in strings(program, unit, value))
        case ast.Starred(value=inner):
            return strings(program, unit, inner)
        case ast.Name() | ast.Attribute():
            value = _loop_values(unit, node) or program.constant(unit.module, node)
            if value is not None:
                return strings(program, unit, value)
    raise Unresolved(f"{unit.at(node)}: `{ast.unparse(node)}` is not a literal")


def _part(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "*"


def _loop_values(unit: Unit, node: ast.expr) -> ast.expr | None:
    """Return what a loop or comprehension variable iterates over."""
    name = node.id if isinstance(node, ast.Name) else None
    return next((values for target, values in _loops(unit) if target == name), None)


def _loops(unit: Unit) -> Iterator[tuple[str, ast.expr]]:
    for node in unit.walk():
        match node:
            case (
                ast.For(target=ast.Name(id=name), iter=values)
                | ast.comprehension(target=ast.Name(id=name), iter=values)
            ):
                yield name, values
