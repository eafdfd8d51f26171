"""Waiting for a marker on the side that takes."""

from common.clock import Deadline
from cutover.administered import Markers


def arrives(markers: Markers, marker: str, position: int, deadline: Deadline) -> bool:
    """Wait until `marker` stands at `position` or behind it; False where time runs out first."""
    return deadline.poll_until(lambda: markers.position(marker) >= position)
