"""The report of a run: for people as Markdown, for programs as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rehearsal.payments import Audit
from rehearsal.timeline import Step, WriterChange


@dataclass(frozen=True)
class Unavailability:
    """The time without an acknowledged payment around a switchover."""

    switchover: str
    fenced_at: float
    fence_seconds: float
    """From the fence to the promotion."""
    seconds: float
    """The longest time between two acknowledgements."""
    limit_seconds: float
    """The fence timeout."""


@dataclass(frozen=True)
class Report:
    """Everything that a change board reads."""

    environment: str
    began_at: float
    steps: Sequence[Step]
    unavailability: Sequence[Unavailability]
    audits: Sequence[Audit]
    writers: Sequence[WriterChange]
    refused_attempts: int
    wait_scale: float
    """The factor for the waits of state machines."""

    def write(self, path: Path) -> None:
        """Write `path` with the extensions `.md` and `.json`."""
        path.with_suffix(".json").write_text(json.dumps(asdict(self), indent=2) + "\n")
        path.with_suffix(".md").write_text(self.markdown())

    def markdown(self) -> str:
        """Return the report as Markdown."""
        began_at = datetime.fromtimestamp(self.began_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return (
            "\n\n".join(
                [
                    f"# Rehearsal of {self.environment}",
                    f"{began_at}. Times are seconds since then. A refused attempt is repeated under its key:"
                    f" {self.refused_attempts} in all.",
                    "## Unavailability of writes",
                    _table(
                        ("switchover", "fenced at", "fence to promotion", "without a payment", "limit of the fence"),
                        (
                            (
                                each.switchover,
                                self._offset(each.fenced_at),
                                f"{each.fence_seconds:.1f}",
                                f"{each.seconds:.1f}",
                                f"{each.limit_seconds:g}",
                            )
                            for each in self.unavailability
                        ),
                    ),
                    "## Payments",
                    "Each row counts all payments since the beginning, and compares the acknowledged ones with the rows"
                    " of the writer. The others are pending.",
                    _table(
                        ("after", "writer", "offered", "acknowledged", "lost", "doubled", "never requested"),
                        (
                            (
                                *(each.stage, each.writer, str(each.offered), str(each.acknowledged)),
                                *(str(each.lost), str(each.doubled), str(each.unrequested)),
                            )
                            for each in self.audits
                        ),
                    ),
                    "## Writer",
                    _table(("writer", "since"), ((each.writer, self._offset(each.since)) for each in self.writers)),
                    "## Steps",
                    "The planned time is the time limit of the step, or the length of a wait. The run multiplies"
                    f" waits by {self.wait_scale:g}.",
                    _table(
                        ("stage", "step", "began at", "planned", "actual"),
                        (
                            (
                                *(each.stage, each.name, self._offset(each.began_at)),
                                "-" if each.limit_seconds is None else f"{each.limit_seconds:g}",
                                f"{each.seconds:.1f}",
                            )
                            for each in self.steps
                        ),
                    ),
                ]
            )
            + "\n"
        )

    def _offset(self, at: float) -> str:
        return f"{max(at - self.began_at, 0):.1f}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
