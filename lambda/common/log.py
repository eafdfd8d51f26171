"""Structured logs: one JSON object a line, free of secrets and card numbers.

`info("fenced", seconds=1.2)` writes `{"level": "INFO", "event": "fenced", "seconds": 1.2}`; metric
filters match on `event`. `metric` writes CloudWatch's embedded metric format, which needs neither an
API call nor a permission.
"""

import json
import re
import sys
import time
from collections.abc import Mapping
from typing import TypeAlias

from common.cards import passes_luhn

Field: TypeAlias = "str | int | float | bool | list[str] | Mapping[str, int] | Mapping[str, str] | None"

_SECRET_NAMES = re.compile(r"password|secret_string|token|authorization|credential", re.IGNORECASE)
_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def info(event: str, **fields: Field) -> None:
    """Log a completed action."""
    _write("INFO", event, fields)


def warning(event: str, **fields: Field) -> None:
    """Log a problem that operators should inspect; the program continues."""
    _write("WARN", event, fields)


def error(event: str, **fields: Field) -> None:
    """Log an error that ended the program."""
    _write("ERROR", event, fields)


def metric(namespace: str, values: Mapping[str, float], *, unit: str = "None", **dimensions: str) -> None:
    """Publish `values` (name to number) under one set of dimensions.

    The format is CloudWatch's embedded metric format; the log group turns the line into metrics.
    """
    names = [{"Name": name, "Unit": unit} for name in values]
    directive = {"Namespace": namespace, "Dimensions": [sorted(dimensions)], "Metrics": names}
    _line({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, **dimensions, **values})


def masked(text: str) -> str:
    """Return the text with `[masked]` for every run of 13 to 19 digits that passes the Luhn check."""
    return _DIGITS.sub(_mask, text)


def _write(level: str, event: str, fields: Mapping[str, Field]) -> None:
    _line({"level": level, "event": event, **{name: _safe(name, value) for name, value in fields.items()}})


def _safe(name: str, value: Field) -> object:
    if _SECRET_NAMES.search(name):
        return "[masked]"
    match value:
        case str():
            return masked(value)
        case list():
            return [masked(item) for item in value]
        case Mapping():
            return {masked(key): masked(item) if isinstance(item, str) else item for key, item in value.items()}
        case _:
            return value


def _mask(found: re.Match[str]) -> str:
    digits = "".join(character for character in found.group() if character.isdecimal())
    return "[masked]" if passes_luhn(digits) else found.group()


def _line(record: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(record, separators=(",", ":"), default=str) + "\n")
    sys.stdout.flush()
