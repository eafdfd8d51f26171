"""Splitting of key ranges, and sampling of huge tables."""

from itertools import pairwise

import pytest

from migration.row_readers import key_ranges
from migration.tables import Table
from validation.plan import chosen_chunks
from validation.settings import Limits


def test_even_keys_are_split_evenly() -> None:
    assert key_ranges.interpolate_bounds([0, 100], 4) == [25, 50, 75]


def test_dense_key_range_gets_more_bounds() -> None:
    assert key_ranges.interpolate_bounds([0, 10, 20, 1_000_000], 6) == [5, 10, 15, 20, 500_010]


@pytest.mark.parametrize("points", [[], [7]])
def test_empty_table_is_not_split(points: list[int]) -> None:
    assert key_ranges.interpolate_bounds(points, 10) == []


def test_bounds_are_distinct() -> None:
    assert key_ranges.interpolate_bounds([1, 3], 50) == [1, 2]


def test_range_is_bisected_until_each_part_is_small() -> None:
    crowded = range(1_000, 1_400)
    bounds = key_ranges.bisect_bounds(0, 1 << 20, lambda low, high: sum(low < key <= high for key in crowded), 100)
    ends = [0, *bounds, 1 << 20]
    assert ends == sorted(set(ends))
    parts = pairwise(ends)
    assert max(sum(low < key <= high for key in crowded) for low, high in parts) <= 100


@pytest.mark.parametrize(
    ("codec", "low", "high"),
    [
        (key_ranges.INTEGERS, "-5", "7"),
        (key_ranges.UUIDS, "00000000-0000-0000-0000-00000000000a", "ffffffff-0000-0000-0000-00000000000a"),
        (key_ranges.DATES, "1999-12-31", "2026-01-01"),
        (key_ranges.timestamps(), "1969-01-01 00:00:00.000001", "2026-01-01 12:00:00.500000"),
        (key_ranges.decimals(2), "-1.50", "99.99"),
        (key_ranges.texts("tok_", case_sensitive=True), "tok_0aB", "tok_zz9"),
        (key_ranges.binaries("00"), "00" + 24 * "1", "00" + 24 * "f"),
    ],
)
def test_key_codec_keeps_the_order_and_round_trips(codec: key_ranges.KeyCodec, low: str, high: str) -> None:
    assert codec.encode(low) < codec.encode(high)
    assert (codec.decode(codec.encode(low)), codec.decode(codec.encode(high))) == (low, high)


def test_sample_of_a_huge_table_contains_both_ends() -> None:
    limits = Limits(10, 10, 240, 0, 100, sample_above_rows=1_000, sample_chunks=5)
    huge = Table("public", "huge", 10_000)
    lot = chosen_chunks("run-1", huge, 1_000, limits)
    assert (len(lot), lot[0], lot[-1]) == (5, 0, 999)
    assert lot == chosen_chunks("run-1", huge, 1_000, limits)
    assert lot != chosen_chunks("run-2", huge, 1_000, limits)
    assert len(chosen_chunks("run-1", Table("public", "small", 1_000), 100, limits)) == 100
