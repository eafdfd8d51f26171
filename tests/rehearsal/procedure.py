"""What the procedures of a workflow and of a runbook have in common."""

from typing import Any, Protocol

from rehearsal.deployment import Deployment
from rehearsal.timeline import Timeline


class FenceTimedOut(Exception):
    """A cutover exceeded the fence timeout, and the source accepts writes again."""


class Procedure(Protocol):
    """The procedure of a stack, as its documentation describes it."""

    def begin(self, stage: str) -> None:
        """Do everything that happens once, before the first cutover."""

    def cut_over(self, stage: str) -> None:
        """Make the target the writer; raise `FenceTimedOut` if it was undone because the fence timed out."""

    def roll_back(self, stage: str) -> None:
        """Make the source the writer again."""


def is_fence_timeout(failure: Exception) -> bool:
    """Return whether an operation exceeded the fence timeout."""
    return "FenceTimeout" in str(failure)


def call_cutover(deployment: Deployment, timeline: Timeline, stage: str, operation: str) -> Any:
    """Run an operation of the function `cutover` as a step."""
    function = deployment.cutover
    with timeline.step(stage, operation, function.timeout_seconds):
        return function.invoke(operation=operation, execution="manual")


def end_soak(deployment: Deployment, timeline: Timeline) -> None:
    """End the soak, which is the same operation in both procedures."""
    call_cutover(deployment, timeline, "end", "end_soak")
