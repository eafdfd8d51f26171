"""The S3 keys and the Parameter Store paths that code uses."""

import ast
import re
from collections.abc import Iterable, Iterator

from contract.program import Program, Unit
from contract.strings import strings

_KEY = re.compile(r"[a-z][a-z-]*/.*\*.*")
_PARAMETER_METHODS = ("_get", "_put", "settings")


def s3_keys(program: Program, units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the S3 keys of the units as patterns such as `checkpoints/*/*.json`.

    An f-string that starts with a literal folder counts as a key.
    """
    return tuple(sorted({key for unit in units for key in _keys(program, unit)}))


def s3_prefixes(program: Program, units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the first folder of each S3 key, such as `checkpoints/`."""
    return tuple(sorted({f"{key.partition('/')[0]}/" for key in s3_keys(program, units)}))


def parameter_paths(program: Program, units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the parameters below the prefix that the units read or write through `common.parameters.Parameters`."""
    return tuple(sorted({path for unit in units for path in _parameters(program, unit)}))


def _keys(program: Program, unit: Unit) -> Iterator[str]:
    for node in unit.walk():
        if isinstance(node, ast.JoinedStr):
            yield from (key for key in strings(program, unit, node) if _KEY.fullmatch(key))


def _parameters(program: Program, unit: Unit) -> Iterator[str]:
    for node in unit.walk():
        match node:
            case ast.Call(func=ast.Attribute(attr=method), args=[*arguments]) if method in _PARAMETER_METHODS:
                names = arguments if method == "settings" else arguments[:1]
                for name in names:
                    if _is_parameter_call(unit, method):
                        yield from strings(program, unit, name)


def _is_parameter_call(unit: Unit, method: str) -> bool:
    """Return whether a method is one of `Parameters`; its private methods are called in the class only."""
    return method == "settings" or ".Parameters." in unit.name
