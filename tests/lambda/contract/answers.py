"""The members of the answer of an operation, as far as dictionary displays show them."""

import ast
from collections.abc import Iterator, Sequence

from contract.program import Program, Unit
from contract.strings import Unresolved, strings


class _Hidden(Exception):
    """The source does not show the members of a dictionary."""


def answer_fields(program: Program, unit: Unit, body: Sequence[ast.stmt]) -> frozenset[str] | None:
    """Return the members of all answers that `body`, a part of `unit`, returns; None if the source hides some."""
    try:
        return frozenset(name for value in _returned(body) for name in _fields(program, unit, value, ()))
    except (_Hidden, Unresolved):
        return None


def _returned(body: Sequence[ast.stmt]) -> Iterator[ast.expr]:
    """Yield the returned values, without those of nested functions."""
    pending: list[ast.AST] = [*reversed(body)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        pending += ast.iter_child_nodes(node)


def _fields(program: Program, unit: Unit, node: ast.expr, callers: tuple[str, ...]) -> Iterator[str]:
    match node:
        case ast.Dict(keys=keys, values=members):
            for key, value in zip(keys, members, strict=True):
                if key is None:
                    yield from _fields(program, unit, value, callers)
                else:
                    yield from strings(program, unit, key)
        case ast.DictComp(key=name):
            yield from strings(program, unit, name)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right) | ast.IfExp(body=left, orelse=right):
            yield from _fields(program, unit, left, callers)
            yield from _fields(program, unit, right, callers)
        case ast.Name():
            constant = program.constant(unit.module, node)
            values = [*_assigned(unit, node.id)] or [constant or node]
            if values == [node]:
                raise _Hidden
            for value in values:
                yield from _fields(program, unit, value, callers)
        case ast.Attribute() if (constant := program.constant(unit.module, node)) is not None:
            yield from _fields(program, unit, constant, callers)
        case ast.Call(func=function):
            callee = program.units.get(program.resolve(unit.module, function) or "")
            if callee is None or callee.name in callers:
                raise _Hidden
            yield from _fields_of_function(program, callee, (*callers, callee.name))
        case _:
            raise _Hidden


def _fields_of_function(program: Program, unit: Unit, callers: tuple[str, ...]) -> Iterator[str]:
    match unit.nodes:
        case [ast.FunctionDef(body=body)]:
            for value in _returned(body):
                yield from _fields(program, unit, value, callers)
        case _:
            raise _Hidden


def _assigned(unit: Unit, name: str) -> Iterator[ast.expr]:
    """Yield the values that a unit assigns to a local variable; further members may not be added later."""
    for node in unit.walk():
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                yield value
            case ast.Subscript(value=ast.Name(id=target), ctx=ast.Store()) if target == name:
                raise _Hidden
