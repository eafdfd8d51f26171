"""Rotations are held from the fence to the end of the soak: both databases must keep the logins that the workflow,
the replication and a rollback rely on.
"""

from dataclasses import dataclass
from enum import Enum

from common.errors import InvalidSettings
from common.parameters import Parameters, Writer
from rotation.errors import RotationHeld


class RollbackWindow(Enum):
    """Whether the source can still take over again: until the phase that ends the soak closes it."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Hold:
    """What rotations wait for. Without parameters there is no cutover to wait for."""

    parameters: Parameters | None
    window: RollbackWindow

    def check(self) -> None:
        """Pass, or raise RotationHeld with what must happen first."""
        if self.parameters is None:
            return
        if (reason := self.parameters.hold()) is not None:
            raise RotationHeld(f"rotations are held with the traffic: {reason}")
        writer = self.parameters.writer()
        if writer is Writer.FENCED:
            raise RotationHeld("rotations are held: both databases are fenced")
        if writer is Writer.TARGET and self.window is RollbackWindow.OPEN:
            raise RotationHeld("rotations are held: the target takes writes and the soak has not ended")


def parse_window(text: str | None) -> RollbackWindow:
    """Read ROLLBACK_WINDOW; open where it is not said, for that is the safe side."""
    try:
        return RollbackWindow(text or RollbackWindow.OPEN.value)
    except ValueError:
        raise InvalidSettings(f"ROLLBACK_WINDOW is {text!r}, allowed: open, closed") from None
