"""Parses the text output of PostgreSQL's logical decoding plugin `test_decoding`."""

import re
from dataclasses import dataclass

_CHANGE = re.compile(r"^table (?P<table>\S+): (?P<verb>INSERT|UPDATE|DELETE|TRUNCATE): (?P<values>.*)$", re.DOTALL)
_VALUE = re.compile(r"(?P<name>\"[^\"]+\"|\w+)\[(?P<kind>[^:]+?)\]:(?P<text>'(?:[^']|'')*'|[^ ]+)")


@dataclass(frozen=True)
class Value:
    """A column with its type and its value as text."""

    name: str
    kind: str
    text: str | None


@dataclass(frozen=True)
class Change:
    """One changed row; `key` is set where an update changed the key."""

    table: str
    verb: str
    values: tuple[Value, ...]
    key: tuple[Value, ...]


def parse(line: str) -> Change | None:
    """Parse the change in a line; return None for BEGIN and COMMIT."""
    found = _CHANGE.match(line)
    if found is None:
        return None
    old, _, new = found["values"].rpartition(" new-tuple: ")
    key = _values(old.removeprefix("old-key: ")) if old else ()
    return Change(found["table"], found["verb"], _values(new), key)


def _values(text: str) -> tuple[Value, ...]:
    return tuple(
        Value(found["name"], found["kind"], _unquoted(found["text"]))
        for found in _VALUE.finditer(text)
        if found["text"] != "unchanged-toast-datum"
    )


def _unquoted(text: str) -> str | None:
    if text == "null":
        return None
    return text[1:-1].replace("''", "'") if text.startswith("'") else text
