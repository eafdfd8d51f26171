"""The operations of a handler: the cases of its `match` statements, with the arguments that each reads."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from contract.answers import answer_fields
from contract.program import Program, Unit

DISCRIMINATORS = ("operation", "action")
"""The members of an event that select what a function does."""

_EVENT = "event"
_ANY = "any"


@dataclass(frozen=True)
class Operation:
    """An operation of a function."""

    name: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    """The types of the arguments by name; `any` is an argument that the handler reads without a type."""
    answer: frozenset[str] | None = None
    """The members of the answer; None if the source does not show them."""


def operations(program: Program, units: Iterable[Unit]) -> tuple[Operation, ...]:
    """Return the operations that the `match` statements of the units accept, by name."""
    found: dict[str, Operation] = {}
    for unit in units:
        for case, is_selector in _cases(unit):
            for name, arguments in _accepted(case.pattern, is_selector):
                read = {**_read_by(program, unit, case.body), **arguments}
                answer = answer_fields(program, unit, case.body)
                known = found.get(name, Operation(name))
                found[name] = Operation(name, {**known.arguments, **read}, answer)
    return tuple(found[name] for name in sorted(found))


def shared_arguments(program: Program, units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the members of the event that a handler reads outside any case, without the discriminators."""
    read = {
        name
        for unit in units
        if unit.module.endswith(".handler")
        for node in unit.nodes
        for name in _members(program, unit, _outside_cases(node), _EVENT)
    }
    return tuple(sorted(read - {*DISCRIMINATORS}))


def _cases(unit: Unit) -> Iterator[tuple[ast.match_case, bool]]:
    """Yield the cases that do something, and whether all cases of their match are literals.

    A case that only raises rejects the event.
    """
    for node in unit.walk():
        if isinstance(node, ast.Match):
            cases = [case for case in node.cases if not isinstance(case.body[0], ast.Raise)]
            is_selector = unit.module.endswith(".handler") and all(_literals(case.pattern) for case in cases)
            yield from ((case, is_selector) for case in cases)


def _accepted(pattern: ast.pattern, is_selector: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the operations of a pattern: a mapping with a discriminator, or a literal in a match of a discriminator."""
    match pattern:
        case ast.MatchOr(patterns=patterns):
            for each in patterns:
                yield from _accepted(each, is_selector)
        case ast.MatchMapping(keys=keys, patterns=patterns):
            members = {str(ast.literal_eval(key)): each for key, each in zip(keys, patterns, strict=True)}
            names = [name for key in DISCRIMINATORS if key in members for name in _literals(members[key])]
            arguments = {key: _type(each) for key, each in members.items() if key not in DISCRIMINATORS}
            yield from ((name, arguments) for name in names)
        case ast.MatchValue() if is_selector:
            yield from ((name, {}) for name in _literals(pattern))


def _literals(pattern: ast.pattern) -> tuple[str, ...]:
    match pattern:
        case ast.MatchValue(value=ast.Constant(value=str(text))):
            return (text,)
        case ast.MatchOr(patterns=patterns):
            return tuple(text for each in patterns for text in _literals(each))
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _literals(inner)
        case _:
            return ()


def _type(pattern: ast.pattern) -> str:
    """Return the type that a pattern requires: a class, `dict`, the allowed values, or `any`."""
    match pattern:
        case ast.MatchClass(cls=ast.Name(id=name)):
            return name
        case ast.MatchMapping():
            return "dict"
        case ast.MatchSequence():
            return "list"
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _type(inner)
        case _:
            return "|".join(_literals(pattern)) or _ANY


def _read_by(program: Program, unit: Unit, body: list[ast.stmt]) -> dict[str, str]:
    members = {name for node in body for name in _members(program, unit, ast.walk(node), _EVENT)}
    return {name: _ANY for name in sorted(members - {*DISCRIMINATORS})}


def _members(program: Program, unit: Unit, nodes: Iterable[ast.AST], event: str) -> Iterator[str]:
    """Yield the members of the variable `event` that code reads, in called functions of the same module too."""
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=owner), attr="get"), args=[ast.Constant(value=str(name)), *_]
            ) if owner == event:
                yield name
            case ast.Subscript(value=ast.Name(id=owner), slice=ast.Constant(value=str(name))) if owner == event:
                yield name
            case ast.Match(subject=ast.Name(id=owner), cases=cases) if owner == event:
                patterns = [case.pattern for case in cases if isinstance(case.pattern, ast.MatchMapping)]
                keys = [key for pattern in patterns for key in pattern.keys if isinstance(key, ast.Constant)]
                yield from (str(key.value) for key in keys)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                callee = program.units.get(f"{unit.module}.{function}")
                yield from _members_in_callee(program, callee, arguments, event)


def _members_in_callee(program: Program, callee: Unit | None, arguments: list[ast.expr], event: str) -> Iterator[str]:
    match callee:
        case Unit(nodes=[ast.FunctionDef(args=parameters, body=body)]):
            for parameter, argument in zip(parameters.args, arguments, strict=False):
                if isinstance(argument, ast.Name) and argument.id == event and not _has_operations(body):
                    for node in body:
                        yield from _members(program, callee, ast.walk(node), parameter.arg)


def _has_operations(body: list[ast.stmt]) -> bool:
    """Return whether code selects an operation itself; its cases are read on their own."""
    matches = [node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Match)]
    return any(True for match in matches for case in match.cases for _ in _accepted(case.pattern, is_selector=False))


def _outside_cases(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Match):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _outside_cases(child)
