"""Parses the text output of PostgreSQL's logical decoding plugin `test_decoding`."""

import re

from local_aws.dms_data_plane.changes import Change, Row, TableName, Verb

_IDENTIFIER = r'"(?:[^"]|"")+"|[^\s."\[:,]+'
_CHANGE = re.compile(r"^table (?P<tables>.+?): (?P<verb>INSERT|UPDATE|DELETE|TRUNCATE): (?P<values>.*)$", re.DOTALL)
_TABLE = re.compile(rf"(?P<schema>{_IDENTIFIER})\.(?P<name>{_IDENTIFIER})")
_VALUE = re.compile(rf"(?P<name>{_IDENTIFIER})\[(?P<kind>[^:]+?)\]:(?P<text>B?'(?:[^']|'')*'|[^ ]+)")
_UNCHANGED = "unchanged-toast-datum"
_OLD, _NEW = "old-key: ", " new-tuple: "


def parse(text: str) -> tuple[Change, ...]:
    """Parse one message: a changed row, the truncated tables, or nothing for BEGIN and COMMIT."""
    found = _CHANGE.match(text)
    if found is None:
        return ()
    tables = [TableName(*map(_unquoted_name, match.groups())) for match in _TABLE.finditer(found["tables"])]
    verb = Verb(found["verb"])
    if verb is Verb.TRUNCATE:
        return tuple(Change(table, verb, {}, {}) for table in tables)
    if verb is Verb.DELETE:
        return (Change(tables[0], verb, {}, _row(found["values"])),)
    old, separator, new = found["values"].partition(_NEW)
    if found["values"].startswith(_OLD) and separator:
        return (Change(tables[0], verb, _row(new), _row(old.removeprefix(_OLD))),)
    return (Change(tables[0], verb, _row(found["values"]), {}),)


def _row(text: str) -> Row:
    """Return the values; a large value that did not change is left out."""
    return {
        _unquoted_name(found["name"]): _unquoted_value(found["text"])
        for found in _VALUE.finditer(text)
        if found["text"] != _UNCHANGED
    }


def _unquoted_name(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _unquoted_value(text: str) -> str | None:
    if text == "null":
        return None
    text = text.removeprefix("B") if text.startswith("B'") else text
    return text[1:-1].replace("''", "'") if text.startswith("'") else text
