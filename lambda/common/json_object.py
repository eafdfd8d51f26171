"""JSON objects from untrusted callers."""

import json


class NotAnObject(Exception):
    """The text is not a JSON object; the message contains no part of it."""


def parse_object(text: bytes) -> dict[str, object]:
    """Return the JSON object in a text; raise NotAnObject for any other text.

    A repeated name is rejected too, because parsers differ on it.
    """
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
