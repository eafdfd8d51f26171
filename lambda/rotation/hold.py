"""Hold on rotations from the fence to the end of the soak.

In this time both databases must keep the logins that the workflow, the replication and a rollback use.
"""

from dataclasses import dataclass
from enum import Enum

from common.errors import InvalidSettings
from common.parameters import Parameters, Writer
from rotation.errors import RotationHeld


class RollbackWindow(Enum):
    """Whether a rollback to the source is still possible; the phase after the soak closes it."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Hold:
    """State that holds rotations. Without parameters there is no cutover, and so no hold."""

    parameters: Parameters | None
    window: RollbackWindow

    def check(self) -> None:
        """Raise RotationHeld, with the reason, if rotations are held."""
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
    """Return the value of ROLLBACK_WINDOW, by default open, which is the safe one."""
    try:
        return RollbackWindow(text or RollbackWindow.OPEN.value)
    except ValueError:
        raise InvalidSettings(f"ROLLBACK_WINDOW is {text!r}, allowed: open, closed") from None
