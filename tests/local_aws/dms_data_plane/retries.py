"""Retries after a recoverable error, as `ErrorBehavior` sets them."""

from dataclasses import dataclass

from local_aws.dms_data_plane.errors import ConnectionLost, FatalError
from local_aws.dms_data_plane.settings import ErrorBehavior


@dataclass
class Retries:
    """The retries since the last success. Their interval doubles."""

    behavior: ErrorBehavior
    count: int = 0

    def reset(self) -> None:
        """Begin anew after a success."""
        self.count = 0

    def next_pause_seconds(self, error: ConnectionLost) -> float:
        """Return the pause before the next attempt; raise `FatalError` if no attempt is left."""
        behavior = self.behavior
        pause = min(behavior.retry_interval_seconds * 2**self.count, behavior.max_retry_interval_seconds)
        is_last_interval = pause >= behavior.max_retry_interval_seconds
        if 0 <= behavior.recoverable_error_count <= self.count or (
            is_last_interval and behavior.stops_at_max_interval and self.count > 0
        ):
            raise FatalError(f"RECOVERABLE_ERROR after {self.count} retries: {error}")
        self.count += 1
        return float(pause)
