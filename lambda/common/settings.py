"""Environment variables, parsed once into frozen dataclasses.

The settings class of a function reads them through `Variables`. Each error names the variable.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import InvalidSettings


@dataclass(frozen=True)
class Variables:
    """Environment variables by name."""

    values: Mapping[str, str]

    def required(self, name: str) -> str:
        """Return the text of `name`, which must not be empty."""
        value = self.values.get(name, "")
        if not value:
            raise InvalidSettings(f"the environment variable {name} is not set")
        return value

    def optional(self, name: str) -> str | None:
        """Return the text of `name`, or None if it is unset or empty."""
        return self.values.get(name) or None

    def single_with_prefix(self, prefix: str) -> str:
        """Return the text of the only variable whose name starts with `prefix`; the stack file sets the rest."""
        found = [value for name, value in self.values.items() if name.startswith(prefix) and value]
        if len(found) != 1:
            raise InvalidSettings(f"{len(found)} environment variables start with {prefix}, exactly one is required")
        return found[0]

    def integer(self, name: str, default: int) -> int:
        """Return the non-negative integer of `name`."""
        text = self.values.get(name, "")
        if not text:
            return default
        if not text.isdecimal():
            raise InvalidSettings(f"the environment variable {name} is {text!r}, a non-negative integer is required")
        return int(text)

    def json(self, name: str) -> Any:
        """Return the JSON value of `name`, which must be set."""
        try:
            return json.loads(self.required(name))
        except json.JSONDecodeError as error:
            raise InvalidSettings(f"the environment variable {name} is not JSON: {error.msg}") from None

    def string_list(self, name: str) -> tuple[str, ...]:
        """Return the JSON list of strings of `name`, empty if it is unset."""
        if self.optional(name) is None:
            return ()
        value = self.json(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidSettings(f"the environment variable {name} must be a JSON list of strings")
        return tuple(value)
