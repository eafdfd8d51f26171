"""Which columns differ, and whether they really do: two makes may write one value in two ways.

Hashes tell columns apart. Where the two sides hold a column in different types, its values are fetched and
compared by what they mean; they stay in memory.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from reading.reader import Reader, Values
from reading.shape import Compared, Family, Key, View

Both: TypeAlias = Callable[[Callable[[Reader, View], Any]], tuple[Any, Any]]
"""Asks both sides the same."""

_NUMBERS = frozenset({Family.BOOLEAN, Family.INTEGER, Family.DECIMAL})


def columns_that_differ(both: Both, wrong: Mapping[Key, Sequence[int]]) -> dict[Key, list[str]]:
    """The names of columns that differ, of rows with the places of columns whose hashes do."""
    if not wrong:
        return {}
    here, there = both(lambda _, view: view)
    pairs: list[tuple[Compared, Compared]] = list(zip(here.columns, there.columns, strict=True))
    doubtful = [at for at in sorted({at for places in wrong.values() for at in places}) if pairs[at][0].common]
    left, right = _meant(both, list(wrong), [pairs[at][0].column.name for at in doubtful])

    def differs(key: Key, at: int) -> bool:
        if at not in doubtful or key not in left or key not in right:
            return True
        families = [compared.column.family for compared in pairs[at]]
        place = doubtful.index(at)
        return not same(families[0], families[1], left[key][place], right[key][place])

    told = {key: [pairs[at][0].column.name for at in places if differs(key, at)] for key, places in wrong.items()}
    return {key: names for key, names in told.items() if names}


def same(here: Family, there: Family, left: str | None, right: str | None) -> bool:
    """Whether two texts of columns of these families mean the same value."""
    if left is None or right is None or left == right:
        return left == right
    families = {here, there}
    try:
        if Family.JSON in families:
            return bool(_json(left) == _json(right))
        if Family.FLOAT in families:
            return float(left) == float(right)
        if families <= _NUMBERS:
            return Decimal(left) == Decimal(right)
    except (ValueError, InvalidOperation):
        return False
    return Family.UUID in families and left.lower() == right.lower()


def _meant(both: Both, keys: list[Key], names: list[str]) -> tuple[Values, Values]:
    if not keys or not names:
        return {}, {}
    left, right = both(lambda reader, view: reader.values(view, keys, names))
    return left, right


def _json(text: str) -> Any:
    return json.loads(text, parse_float=_number, parse_int=_number)


def _number(text: str) -> tuple[str, Decimal]:
    """A number that is equal to numbers only: Python's True is equal to 1."""
    return "number", Decimal(text)
