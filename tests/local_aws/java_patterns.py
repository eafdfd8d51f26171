"""Patterns of service models, which are regular expressions of Java, as Python's."""

import functools
import re
import unicodedata
from itertools import groupby

_MAX_BASIC_PLANE = 0xFFFF

_POSIX = {"ASCII": r"\x00-\x7F", "Print": r"\x20-\x7E"}

_CATEGORY = re.compile(r"\\p\{(\w+)\}")

# A hyphen behind a class such as `\w` is a literal in Java, and an invalid range in Python.
_HYPHEN_BEHIND_CLASS = re.compile(r"(\\[wds])-(?=[^\]])")

# Java joins the two surrogates at either end of this range.
_SUPPLEMENTARY = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")

# Case only matters to the part of a budget's name that must not be a script element.
_INLINE_FLAG = "(?i)"


@functools.cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of a service model; `\\w`, `\\d` and `\\s` match only ASCII, as in Java."""
    python = pattern.replace(*_SUPPLEMENTARY).replace(_INLINE_FLAG, "")
    python = _HYPHEN_BEHIND_CLASS.sub(r"\1\\-", python)
    return re.compile(_expand_categories(python), re.ASCII)


def _expand_categories(pattern: str) -> str:
    """Replace `\\p{L}` by its characters, in brackets unless it is inside of brackets."""

    def expand(match: re.Match[str]) -> str:
        characters = _characters(match[1])
        return characters if _in_brackets(pattern[: match.start()]) else f"[{characters}]"

    return _CATEGORY.sub(expand, pattern)


def _in_brackets(prefix: str) -> bool:
    unescaped = re.sub(r"\\.", "", prefix)
    return unescaped.rfind("[") > unescaped.rfind("]")


@functools.cache
def _characters(category: str) -> str:
    """Return the ranges of a general category in the basic plane, or of a POSIX class."""
    if category in _POSIX:
        return _POSIX[category]
    points = (point for point in range(_MAX_BASIC_PLANE + 1) if unicodedata.category(chr(point)).startswith(category))
    runs = (list(run) for _, run in groupby(enumerate(points), key=lambda pair: pair[1] - pair[0]))
    return "".join(f"\\u{run[0][1]:04X}-\\u{run[-1][1]:04X}" for run in runs)
