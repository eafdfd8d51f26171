"""State of the migration in Parameter Store: writer, traffic weight and hold.

Terraform creates the parameters and ignores later changes; the programs set them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from common.errors import InvalidSettings, PreconditionFailed

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

NOT_HELD = "none"
_OPEN, _CLOSED = "open", "closed"
_PRESENT, _ABSENT = "present", "absent"


class Writer(Enum):
    """The database that takes writes; `FENCED` while neither does."""

    SOURCE = "source"
    FENCED = "fenced"
    TARGET = "target"


@dataclass(frozen=True)
class Parameters:
    """Parameters below one prefix, such as `/payment/migration/abc123`."""

    client: "SSMClient"
    prefix: str

    def writer(self) -> Writer:
        """Return the writer."""
        text = self._get("writer")
        try:
            return Writer(text)
        except ValueError:
            raise PreconditionFailed(f"{self.prefix}/writer is {text!r}, allowed: source, fenced, target") from None

    def set_writer(self, writer: Writer) -> None:
        """Set the writer."""
        self._put("writer", writer.value)

    def is_rollback_window_open(self) -> bool:
        """Return whether reverse replication may be needed for a rollback."""
        text = self._get("rollback-window")
        if text not in (_OPEN, _CLOSED):
            raise PreconditionFailed(f"{self.prefix}/rollback-window is {text!r}, allowed: {_OPEN}, {_CLOSED}")
        return text == _OPEN

    def open_rollback_window(self) -> None:
        """Store that a rollback may need reverse replication."""
        self._put("rollback-window", _OPEN)

    def close_rollback_window(self) -> None:
        """Store that reverse replication is removed."""
        self._put("rollback-window", _CLOSED)

    def is_ledger_open(self) -> bool:
        """Return whether this side books payments, while the old side has a database of its own."""
        text = self._get("ledger")
        if text not in (_OPEN, _CLOSED):
            raise PreconditionFailed(f"{self.prefix}/ledger is {text!r}, allowed: {_OPEN}, {_CLOSED}")
        return text == _OPEN

    def ledger_changed_at(self) -> datetime:
        """Return the time of the last change of the ledger."""
        return self.client.get_parameter(Name=f"{self.prefix}/ledger")["Parameter"]["LastModifiedDate"]

    def open_ledger(self) -> None:
        """Store that this side books payments."""
        self._put("ledger", _OPEN)

    def close_ledger(self) -> None:
        """Store that this side books no payments."""
        self._put("ledger", _CLOSED)

    def is_replication_present(self) -> bool:
        """Return whether replication tasks have run, so that they or their slots may exist."""
        text = self._get("replication")
        if text not in (_PRESENT, _ABSENT):
            raise PreconditionFailed(f"{self.prefix}/replication is {text!r}, allowed: {_PRESENT}, {_ABSENT}")
        return text == _PRESENT

    def record_replication(self) -> None:
        """Store that replication tasks or their slots may exist."""
        self._put("replication", _PRESENT)

    def clear_replication(self) -> None:
        """Store that no replication task runs and that no slot is left."""
        self._put("replication", _ABSENT)

    def weight(self) -> int:
        """Return the traffic weight of the new side, in percent."""
        text = self._get("traffic/weight")
        if not text.isdecimal() or int(text) > 100:
            raise PreconditionFailed(f"{self.prefix}/traffic/weight is {text!r}, allowed: 0 to 100")
        return int(text)

    def set_weight(self, percent: int) -> None:
        """Record the traffic weight of the listener rule."""
        self._put("traffic/weight", str(percent))

    def hold(self) -> str | None:
        """Return the reason of the hold, None without one."""
        text = self._get("traffic/hold")
        return None if text == NOT_HELD else text

    def set_hold(self, reason: str) -> None:
        """Hold every shift to the new side, until an operator sets the parameter to `none`."""
        self._put("traffic/hold", reason)

    def settings(self, *names: str) -> tuple[str, ...]:
        """Return the values of parameters below the prefix, in this order, in one call (at most ten)."""
        paths = [f"{self.prefix}/{name}" for name in names]
        parameters = self.client.get_parameters(Names=paths)["Parameters"]
        values = {parameter["Name"]: parameter["Value"] for parameter in parameters}
        if missing := [path for path in paths if path not in values]:
            raise InvalidSettings(f"the parameter {missing[0]} does not exist")
        return tuple(values[path] for path in paths)

    def _get(self, name: str) -> str:
        return self.client.get_parameter(Name=f"{self.prefix}/{name}")["Parameter"]["Value"]

    def _put(self, name: str, value: str) -> None:
        self.client.put_parameter(Name=f"{self.prefix}/{name}", Value=value, Overwrite=True)
