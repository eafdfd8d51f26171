"""Which columns differ, and whether they really do: two makes may write one value in two ways.

RowHashes tell columns apart. Where the two sides hold a column in different types, its values are fetched and
compared by what they mean; they stay in memory.
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
"""Asks both sides the same."""

_NUMBERS = frozenset({TypeFamily.BOOLEAN, TypeFamily.INTEGER, TypeFamily.DECIMAL})


@dataclass(frozen=True)
class _Doubtful:
    """A column that both sides may write in two ways: its place among those that are fetched, and both families."""

    place: int
    here: TypeFamily
    there: TypeFamily

    def follows(self, key: Key, before: Values, now: Values, target: Values) -> bool:
        """Whether the target holds what the source held a look ago or holds now."""
        if key not in target:
            return key not in now
        states = [values[key][self.place] for values in (before, now) if key in values]
        return any(same(self.here, self.there, state, target[key][self.place]) for state in states)


def columns_that_differ(
    both: Both, wrong: Mapping[Key, Sequence[int]], wait: Callable[[], None], looks: int
) -> dict[Key, list[str]]:
    """The names of columns that differ, of rows with the places of columns whose hashes do.

    Hashes cannot tell whether the target follows in a column that both sides write differently: it is read again.
    """
    if not wrong:
        return {}
    here, there = both(lambda _, plan: plan)
    pairs: list[tuple[ComparedColumn, ComparedColumn]] = list(zip(here.columns, there.columns, strict=True))
    places = [at for at in sorted({at for found in wrong.values() for at in found}) if pairs[at][0].in_common_form]
    doubtful = {
        at: _Doubtful(place, *(compared.column.family for compared in pairs[at])) for place, at in enumerate(places)
    }
    left = {key: list(found) for key, found in wrong.items()}
    before: Values = {}
    for look in range(looks):
        asked = [key for key, found in left.items() if any(at in doubtful for at in found)]
        if not asked:
            break
        if look:
            wait()
        now, target = _meant(both, asked, [pairs[at][0].column.name for at in places])
        for key in asked:
            left[key] = [
                at for at in left[key] if at not in doubtful or not doubtful[at].follows(key, before, now, target)
            ]
        before = now
    return {key: [pairs[at][0].column.name for at in found] for key, found in left.items() if found}


def same(here: TypeFamily, there: TypeFamily, left: str | None, right: str | None) -> bool:
    """Whether two texts of columns of these families mean the same value."""
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


def _meant(both: Both, keys: list[Key], names: list[str]) -> tuple[Values, Values]:
    left, right = both(lambda reader, plan: reader.column_values(plan, keys, names))
    return left, right


def _json(text: str) -> Any:
    return json.loads(text, parse_float=_number, parse_int=_number)


def _number(text: str) -> tuple[str, Decimal]:
    """A number that is equal to numbers only: Python's True is equal to 1."""
    return "number", Decimal(text)
