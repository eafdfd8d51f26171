"""Contracts that differ from a given one in one entry: added, dropped or renamed."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_ADDED = "added"

_KINDS = (
    ("variables",),
    ("functions",),
    ("functions", "*", "required"),
    ("functions", "*", "optional"),
    ("functions", "*", "common_arguments"),
    ("functions", "*", "operations"),
    ("functions", "*", "operations", "*", "arguments"),
    ("functions", "*", "operations", "*", "answer"),
    ("functions", "*", "actions"),
    ("functions", "*", "actions", "*", "arguments"),
    ("functions", "*", "actions", "*", "answer"),
    ("replication", "required"),
    ("replication", "optional"),
    ("replication", "tests_only"),
    ("errors",),
    ("events",),
    ("events", "*", "functions"),
    ("metrics",),
    ("metrics", "*", "dimensions"),
    ("parameters",),
    ("objects",),
)
"""Where the contract has entries; `*` is every entry of the table above."""


@dataclass(frozen=True)
class Mutation:
    """A contract with one change."""

    kind: str
    """Where the changed entry is: `functions.*.operations`."""

    change: str
    """What was changed: `drop functions.cutover.operations.initialize`."""

    entry: Any
    """The entry that was dropped, renamed or copied; of an item of a list, the entry that holds the list."""

    contract: Mapping[str, Any]


def mutations(contract: Mapping[str, Any]) -> Iterator[Mutation]:
    """Yield one contract for each entry that is dropped or renamed, and for each table that has one more."""
    for pattern in _KINDS:
        for path in _paths(contract, pattern):
            yield from _changes(contract, ".".join(pattern), path)


def _paths(contract: Mapping[str, Any], pattern: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the tables and lists that the pattern matches."""
    found: list[tuple[tuple[str, ...], Any]] = [((), contract)]
    for step in pattern:
        found = [
            ((*path, key), value[key])
            for path, value in found
            for key in (list(value) if step == "*" else [step])
            if key in value
        ]
    for path, _ in found:
        yield path


def _changes(contract: Mapping[str, Any], kind: str, path: tuple[str, ...]) -> Iterator[Mutation]:
    holder, entries = _at(contract, path[:-1]), _at(contract, path)
    for name in entries:
        entry = entries[name] if isinstance(entries, dict) else holder
        place = ".".join((*path, name))
        yield Mutation(kind, f"drop {place}", entry, _changed(contract, path, name, None))
        yield Mutation(kind, f"rename {place}", entry, _changed(contract, path, name, f"{name}-{_ADDED}"))
    for name in list(entries)[:1]:
        entry = entries[name] if isinstance(entries, dict) else holder
        place = ".".join(path)
        yield Mutation(kind, f"add to {place}", entry, _extended(contract, path, entry))


def _changed(contract: Mapping[str, Any], path: tuple[str, ...], name: str, new: str | None) -> Mapping[str, Any]:
    changed = copy.deepcopy(contract)
    entries = _at(changed, path)
    if isinstance(entries, dict):
        entry = entries.pop(name)
        if new is not None:
            entries[new] = entry
    else:
        entries.remove(name)
        if new is not None:
            entries.append(new)
    return changed


def _extended(contract: Mapping[str, Any], path: tuple[str, ...], entry: Any) -> Mapping[str, Any]:
    extended = copy.deepcopy(contract)
    entries = _at(extended, path)
    if isinstance(entries, dict):
        entries[_ADDED] = entry
    else:
        entries.append(_ADDED)
    return extended


def _at(contract: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        contract = contract[key]
    return contract
