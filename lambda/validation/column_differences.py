"""Columns that differ in value, not only in form: two engines may write one value in two ways.

Hashes identify differing columns. If the sides hold a column in different types, its values are read and compared by
meaning; they stay in memory.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from migration.row_readers.comparison_plan import ComparedColumn, ComparisonPlan, Key
from migration.row_readers.reader import Reader, Values
from migration.row_readers.table_schema import TypeFamily

Both: TypeAlias = Callable[[Callable[[Reader, ComparisonPlan], Any]], tuple[Any, Any]]
"""Runs a read on source and target."""

_NUMBERS = frozenset({TypeFamily.BOOLEAN, TypeFamily.INTEGER, TypeFamily.DECIMAL})


def differing_columns(
    both: Both, different: Mapping[Key, Sequence[int]], wait: Callable[[], None], max_rechecks: int
) -> dict[Key, list[str]]:
    """Return the names of the columns that differ, for rows with the indexes of columns whose hashes differ.

    If the sides may write a column in two forms, a hash proves no difference: its values are read and compared, up to
    `max_rechecks` times.
    """
    if not different:
        return {}
    here, there = both(lambda _, plan: plan)
    pairs: list[tuple[ComparedColumn, ComparedColumn]] = list(zip(here.columns, there.columns, strict=True))
    indexes = sorted({index for columns in different.values() for index in columns})
    two_forms = [index for index in indexes if pairs[index][0].in_common_form]
    columns_by_index = {
        index: _TwoFormColumn(position, *(compared.column.family for compared in pairs[index]))
        for position, index in enumerate(two_forms)
    }
    remaining = {key: list(columns) for key, columns in different.items()}
    before: Values = {}
    for attempt in range(max_rechecks):
        keys = [key for key, columns in remaining.items() if any(index in columns_by_index for index in columns)]
        if not keys:
            break
        if attempt:
            wait()
        source, target = _column_values(both, keys, [pairs[index][0].column.name for index in two_forms])
        for key in keys:
            remaining[key] = [
                index
                for index in remaining[key]
                if (column := columns_by_index.get(index)) is None
                or not column.is_caught_up(key, before, source, target)
            ]
        before = source
    return {key: [pairs[index][0].column.name for index in columns] for key, columns in remaining.items() if columns}


def is_same_value(here: TypeFamily, there: TypeFamily, left: str | None, right: str | None) -> bool:
    """Return whether two texts of columns of these families mean the same value."""
    if left is None or right is None or left == right:
        return left == right
    families = {here, there}
    try:
        if TypeFamily.JSON in families:
            return bool(_json(left) == _json(right))
        if TypeFamily.FLOAT in families:
            return float(left) == float(right)
        if families <= _NUMBERS:
            return Decimal(left) == Decimal(right)
    except (ValueError, InvalidOperation):
        return False
    return TypeFamily.UUID in families and left.lower() == right.lower()


@dataclass(frozen=True)
class _TwoFormColumn:
    """Column that the sides may write in two forms: its position among the values read, and both families."""

    position: int
    here: TypeFamily
    there: TypeFamily

    def is_caught_up(self, key: Key, before: Values, source: Values, target: Values) -> bool:
        """Return whether the target holds the value of the source at this or at the previous read."""
        if key not in target:
            return key not in source
        values = [rows[key][self.position] for rows in (before, source) if key in rows]
        return any(is_same_value(self.here, self.there, value, target[key][self.position]) for value in values)


def _column_values(both: Both, keys: list[Key], names: list[str]) -> tuple[Values, Values]:
    source, target = both(lambda reader, plan: reader.column_values(plan, keys, names))
    return source, target


def _json(text: str) -> Any:
    return json.loads(text, parse_float=_number, parse_int=_number)


def _number(text: str) -> tuple[str, Decimal]:
    """Return a number that equals numbers only: in Python, True equals 1."""
    return "number", Decimal(text)
