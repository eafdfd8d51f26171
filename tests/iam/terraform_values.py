"""Parses `${jsonencode(…)}` expressions that `paymig` writes: literals, references, and `replace` of a reference."""

import json
import re
from typing import Any

_TOKEN = re.compile(
    r"""
    (?P<text>"(?:[^"\\$%]|\\["\\nrt]|\$(?!\{|\$\{)|%(?!\{|%\{)|\$\{[^{}"]+\})*")
    | (?P<assignment>\s=\s)
    | (?P<reference>(?:data\.)?aws_\w+\.[\w-]+(?:\.\w+|\[\d+\])+)
    | replace\((?P<edited>aws_\w+\.[\w-]+\.\w+),\s"[^"]*",\s"[^"]*"\)
    | (?P<rest>[\[\]{},\s]|-?\d+(?:\.\d+)?(?![\w.])|(?:true|false|null)(?!\w))
    """,
    re.VERBOSE,
)
_WRAPPED = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)


def decode(text: str) -> Any:
    """Return the value of `${jsonencode(…)}`; a reference becomes the string `${…}`."""
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped is None:
        raise ValueError(f"not of the form ${{jsonencode(…)}}: {text}")
    rest, tokens = wrapped[1], list[str]()
    while rest:
        token = _TOKEN.match(rest)
        if token is None:
            raise ValueError(f"unsupported expression: {rest[:80]}")
        tokens.append(_as_json(token))
        rest = rest[token.end() :]
    return json.loads("".join(tokens))


def references(value: Any) -> set[str]:
    """Return the addresses that a value references, such as `aws_kms_key.main`."""
    text = json.dumps(value, default=sorted)
    return {found[1] for found in re.finditer(r"\$\{((?:data\.)?aws_\w+\.[\w-]+)", text)}


def _as_json(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "assignment":
            return ":"
        case "reference" | "edited" as group:
            return json.dumps(f"${{{token[group]}}}")
        case _:
            return token[0]
