"""The error names that a function can report: Step Functions matches an error by its class name."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract.program import Program, Unit


@dataclass(frozen=True, order=True)
class Error:
    """An exception class of the program."""

    name: str
    module: str
    bases: tuple[str, ...]
    """The names of all its base classes, without those of the standard library beyond the first."""


def defined_errors(program: Program) -> tuple[Error, ...]:
    """Return all exception classes of the program, by name."""
    found = []
    for full_name in program.classes:
        bases = tuple(_bases(program, full_name))
        if any(base.endswith(("Exception", "Error")) for base in bases):
            module, _, name = full_name.rpartition(".")
            found.append(Error(name, module, bases))
    return tuple(sorted(found))


def created_errors(program: Program, units: Iterable[Unit]) -> tuple[Error, ...]:
    """Return the exception classes that the units instantiate or raise, by name."""
    defined = {f"{error.module}.{error.name}": error for error in defined_errors(program)}
    names = {name for unit in units for name in _created(program, unit)}
    return tuple(sorted(defined[name] for name in names & defined.keys()))


def _bases(program: Program, full_name: str) -> Iterator[str]:
    module = full_name.rpartition(".")[0]
    for base in program.classes[full_name].bases:
        resolved = program.resolve(module, base) or ""
        yield resolved.rpartition(".")[2]
        if resolved in program.classes:
            yield from _bases(program, resolved)


def _created(program: Program, unit: Unit) -> Iterator[str]:
    for node in unit.walk():
        match node:
            case ast.Call(func=created) | ast.Raise(exc=ast.Name() | ast.Attribute() as created):
                yield program.resolve(unit.module, created) or ""
