"""The log events and the embedded metrics that code writes through `common.log`."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract.program import Program, Unit
from contract.strings import Unresolved, strings

_LEVELS = {"info": "INFO", "warning": "WARN", "error": "ERROR"}
_MODULE = "common.log"


@dataclass(frozen=True, order=True)
class Event:
    """A log event; `fields` are the names that every call with this event passes, without `**` arguments."""

    name: str
    level: str
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, order=True)
class Metric:
    """A metric in the embedded metric format."""

    name: str
    unit: str
    dimensions: tuple[str, ...]


def events(program: Program, units: Iterable[Unit]) -> tuple[Event, ...]:
    """Return the log events of the units, by name and level."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for unit in units:
        for event in _events(program, unit):
            key = event.name, event.level
            found[key] = found.get(key, event.fields) & event.fields
    return tuple(Event(*key, found[key]) for key in sorted(found))


def metrics(program: Program, units: Iterable[Unit]) -> tuple[Metric, ...]:
    """Return the embedded metrics of the units, by name."""
    return tuple(sorted({metric for unit in units for metric in _metrics(program, unit)}))


def _events(program: Program, unit: Unit) -> Iterator[Event]:
    for function, call in _calls(program, unit):
        if function in _LEVELS:
            fields = frozenset(keyword.arg for keyword in call.keywords if keyword.arg is not None)
            for name in strings(program, unit, call.args[0]):
                yield Event(name, _LEVELS[function], fields)


def _metrics(program: Program, unit: Unit) -> Iterator[Metric]:
    for function, call in _calls(program, unit):
        if function != "metric":
            continue
        keywords = {keyword.arg or "": keyword.value for keyword in call.keywords}
        (unit_name,) = strings(program, unit, keywords["unit"]) if "unit" in keywords else ("None",)
        dimensions = tuple(sorted(keywords.keys() - {"unit"}))
        for key in _dict_of(unit, call.args[1]).keys:
            for name in strings(program, unit, key) if key is not None else ():
                yield Metric(name, unit_name, dimensions)


def _calls(program: Program, unit: Unit) -> Iterator[tuple[str, ast.Call]]:
    for node in unit.walk():
        if isinstance(node, ast.Call):
            owner, _, function = (program.resolve(unit.module, node.func) or "").rpartition(".")
            if owner == _MODULE and unit.module != _MODULE:
                yield function, node


def _dict_of(unit: Unit, node: ast.expr) -> ast.Dict:
    """Return a dictionary display, or the one that the unit assigns to a local variable."""
    if isinstance(node, ast.Name):
        for each in unit.walk():
            match each:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as value) if name == node.id:
                    return value
    if not isinstance(node, ast.Dict):
        raise Unresolved(f"{unit.at(node)}: `{ast.unparse(node)}` is not a dictionary display")
    return node
