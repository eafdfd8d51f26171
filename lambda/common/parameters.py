"""The migration's state in Parameter Store: who writes, which share of traffic, and whether it is held.

Terraform creates the parameters and ignores their values; the programs move them.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from common.errors import InvalidSettings, PreconditionFailed

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

NOT_HELD = "none"


class Writer(Enum):
    """The one database that takes writes."""

    SOURCE = "source"
    FENCED = "fenced"
    TARGET = "target"


@dataclass(frozen=True)
class Parameters:
    """The parameters below one prefix, such as `/payment/migration/abc123`."""

    client: "SSMClient"
    prefix: str

    def writer(self) -> Writer:
        """Who writes now."""
        text = self._get("writer")
        try:
            return Writer(text)
        except ValueError:
            raise PreconditionFailed(f"{self.prefix}/writer is {text!r}, allowed: source, fenced, target") from None

    def set_writer(self, writer: Writer) -> None:
        """Say who writes from now on."""
        self._put("writer", writer.value)

    def weight(self) -> int:
        """The share of the new side, in percent."""
        text = self._get("traffic/weight")
        if not text.isdecimal() or int(text) > 100:
            raise PreconditionFailed(f"{self.prefix}/traffic/weight is {text!r}, allowed: 0 to 100")
        return int(text)

    def set_weight(self, percent: int) -> None:
        """Write down the share that the listener rule has."""
        self._put("traffic/weight", str(percent))

    def hold(self) -> str | None:
        """Why traffic must not move, or None."""
        text = self._get("traffic/hold")
        return None if text == NOT_HELD else text

    def set_hold(self, reason: str) -> None:
        """Forbid traffic to move towards the new side; a person sets it back to `none`."""
        self._put("traffic/hold", reason)

    def settings(self, *names: str) -> tuple[str, ...]:
        """The values of several parameters of the stack file's, in this order, in one call (AWS takes ten)."""
        wanted = [f"{self.prefix}/{name}" for name in names]
        answer = self.client.get_parameters(Names=wanted)["Parameters"]
        found = {parameter["Name"]: parameter["Value"] for parameter in answer}
        if absent := [name for name in wanted if name not in found]:
            raise InvalidSettings(f"the parameter {absent[0]} does not exist")
        return tuple(found[name] for name in wanted)

    def _get(self, name: str) -> str:
        return self.client.get_parameter(Name=f"{self.prefix}/{name}")["Parameter"]["Value"]

    def _put(self, name: str, value: str) -> None:
        self.client.put_parameter(Name=f"{self.prefix}/{name}", Value=value, Overwrite=True)
