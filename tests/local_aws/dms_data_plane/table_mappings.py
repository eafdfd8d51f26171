"""Table mappings: the selection rules of TableMappings.

Source: DMS user guide, "Selection rules and actions". An exclude rule wins against every include rule; `%` matches any
characters, and `_` one, unless `[_]` quotes it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.dms_data_plane.changes import TableName

_Rule = tuple[re.Pattern[str], re.Pattern[str]]
"""The patterns of the schema and of the table."""


@dataclass(frozen=True)
class Selection:
    """The tables that a task replicates."""

    included: tuple[_Rule, ...]
    excluded: tuple[_Rule, ...]

    def has(self, table: TableName) -> bool:
        """Return whether the task replicates `table`."""
        return _matches(self.included, table) and not _matches(self.excluded, table)


def parse(text: str) -> Selection:
    """Parse the JSON of TableMappings; raise `ValueError` for a rule that is not implemented."""
    included: list[_Rule] = []
    excluded: list[_Rule] = []
    for rule in json.loads(text).get("rules", []):
        if rule["rule-type"] != "selection":
            raise ValueError(f"rule {rule.get('rule-id')} has the type {rule['rule-type']}; implemented: selection")
        rules = {"include": included, "exclude": excluded}.get(rule["rule-action"])
        if rules is None:
            raise ValueError(
                f"rule {rule.get('rule-id')} has the action {rule['rule-action']}; implemented: include, exclude"
            )
        rules.append(_patterns(rule["object-locator"]))
    return Selection(tuple(included), tuple(excluded))


def _patterns(locator: Mapping[str, Any]) -> _Rule:
    return _like(locator["schema-name"]), _like(locator["table-name"])


def _like(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(%|_|\[_\]|\[%\])", pattern)
    wildcards = {"%": ".*", "_": ".", "[_]": "_", "[%]": "%"}
    return re.compile("".join(wildcards.get(part, re.escape(part)) for part in parts), re.DOTALL)


def _matches(rules: tuple[_Rule, ...], table: TableName) -> bool:
    return any(schema.fullmatch(table.schema) and name.fullmatch(table.name) for schema, name in rules)
