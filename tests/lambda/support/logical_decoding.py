"""Reading the text of PostgreSQL's `test_decoding`, as the replicator of the tests needs it."""

import re
from dataclasses import dataclass

_CHANGE = re.compile(r"^table (?P<table>\S+): (?P<verb>INSERT|UPDATE|DELETE|TRUNCATE): (?P<values>.*)$", re.DOTALL)
_VALUE = re.compile(r"(?P<name>\"[^\"]+\"|\w+)\[(?P<kind>[^:]+?)\]:(?P<text>'(?:[^']|'')*'|[^ ]+)")


@dataclass(frozen=True)
class Value:
    """A column's value as text, with its type."""

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
    """The change that a line tells, or None for the frame of a transaction."""
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
