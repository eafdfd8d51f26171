"""Settings come from environment variables and are parsed once, into frozen dataclasses.

A program's settings class reads them through `Variables`, whose every failure names the variable.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import InvalidSettings


@dataclass(frozen=True)
class Variables:
    """Environment variables, read by name and kind."""

    values: Mapping[str, str]

    def required(self, name: str) -> str:
        """The text of `name`, which must be set and not empty."""
        value = self.values.get(name, "")
        if not value:
            raise InvalidSettings(f"the environment variable {name} is not set")
        return value

    def optional(self, name: str) -> str | None:
        """The text of `name`, or None when it is unset or empty."""
        return self.values.get(name) or None

    def only(self, prefix: str) -> str:
        """The text of the one variable whose name begins with `prefix`: its end is a name of the stack file's."""
        found = [value for name, value in self.values.items() if name.startswith(prefix) and value]
        if len(found) != 1:
            raise InvalidSettings(f"{len(found)} environment variables begin with {prefix}, one is needed")
        return found[0]

    def whole(self, name: str, default: int) -> int:
        """A whole number of at least 0."""
        text = self.values.get(name, "")
        if not text:
            return default
        if not text.isdecimal():
            raise InvalidSettings(f"the environment variable {name} is {text!r}, a whole number is needed")
        return int(text)

    def json(self, name: str) -> Any:
        """The JSON value of `name`, which must be set."""
        try:
            return json.loads(self.required(name))
        except json.JSONDecodeError as fault:
            raise InvalidSettings(f"the environment variable {name} is not JSON: {fault.msg}") from None

    def names(self, name: str) -> tuple[str, ...]:
        """A JSON list of text, empty when unset."""
        if self.optional(name) is None:
            return ()
        value = self.json(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidSettings(f"the environment variable {name} must be a JSON list of strings")
        return tuple(value)
