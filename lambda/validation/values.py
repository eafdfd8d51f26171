"""Which columns differ, and whether they really do: two makes may write one value in two ways.

Hashes tell columns apart. Where the two sides hold a column in different types, its values are fetched and
compared by what they mean; they stay in memory.
"""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from validation.reader import Reader, Values
from validation.shape import Compared, Family, Key, View

Both: TypeAlias = Callable[[Callable[[Reader, View], Any]], tuple[Any, Any]]
"""Asks both sides the same."""

_NUMBERS = frozenset({Family.BOOLEAN, Family.INTEGER, Family.DECIMAL})


def columns_that_differ(both: Both, keys: Sequence[Key]) -> dict[Key, list[str]]:
    """The names of the columns in which rows that both sides have differ; rows that differ in none are left out."""
    if not keys:
        return {}

    def ask(reader: Reader, view: View) -> tuple[View, Values]:
        return view, reader.fingerprints(view, keys)

    (here, ours), (there, theirs) = both(ask)
    pairs = list(zip(here.columns, there.columns, strict=True))
    differing = {
        key: [one for one, left, right in zip(pairs, ours[key], theirs[key], strict=True) if left != right]
        for key in keys
        if key in ours and key in theirs
    }
    doubtful = sorted({one[0].column.name for found in differing.values() for one in found if one[0].common})
    meant = _meant(both, [key for key, found in differing.items() if found], doubtful)
    told = {
        key: [
            here.column.name
            for here, there in found
            if not (here.common and _mean_the_same(here, there, meant, key, doubtful))
        ]
        for key, found in differing.items()
    }
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


def _mean_the_same(here: Compared, there: Compared, meant: tuple[Values, Values], key: Key, names: list[str]) -> bool:
    at = names.index(here.column.name)
    if key not in meant[0] or key not in meant[1]:
        return False
    return same(here.column.family, there.column.family, meant[0][key][at], meant[1][key][at])


def _json(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)
