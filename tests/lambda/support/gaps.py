"""Gaps between acknowledged requests, in which clients cannot write."""

from collections.abc import Iterable
from itertools import pairwise


def longest_gap_seconds(times: Iterable[float], since: float, until: float) -> float:
    """Return the longest time between two acknowledgements that overlaps a period; all are Unix times."""
    gaps = (later - earlier for earlier, later in pairwise(sorted(times)) if later > since and earlier < until)
    return max(gaps, default=0.0)
