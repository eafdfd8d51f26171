"""JSON objects that strangers send."""

import json


class NotAnObject(Exception):
    """A text is no JSON object; the message says what it is not, and holds no part of it."""


def parse_object(text: bytes) -> dict[str, object]:
    """Read a JSON object, or raise NotAnObject; a name given twice is refused, for two readers could differ on it."""
    try:
        content = json.loads(text.decode("utf-8"), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        raise NotAnObject("not JSON") from None
    if not isinstance(content, dict):
        raise NotAnObject("not a JSON object")
    return content


def _without_repeats(members: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(members)
    if len(content) != len(members):
        raise ValueError("a name is repeated")
    return content
