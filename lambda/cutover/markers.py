"""Marker rows, which prove that replication has applied every earlier change."""

from common.clock import Deadline
from cutover.engine import Markers


def wait_for_marker(markers: Markers, marker: str, deadline: Deadline) -> bool:
    """Wait until `marker` has arrived; return False if the deadline passes first."""
    return deadline.poll_until(lambda: markers.has_arrived(marker))
