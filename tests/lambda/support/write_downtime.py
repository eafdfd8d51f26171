"""Measures write downtime: each fence and the longest gap between acknowledged writes around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from common import clients
from support.cutover_driver import CutoverDriver
from support.gaps import longest_gap_seconds
from support.payment_load import Acknowledgement

_NAMES = {("source", "target"): "cutover", ("target", "source"): "rollback"}


@dataclass(frozen=True)
class Fence:
    """A period without a writer, from `fenced_at` to `promoted_at` (Unix times)."""

    outgoing_writer: str
    incoming_writer: str
    fenced_at: float
    promoted_at: float

    @property
    def name(self) -> str:
        """Return what the fence was part of."""
        return _NAMES.get((self.outgoing_writer, self.incoming_writer), "fence that was lifted")

    def downtime_seconds(self, acknowledgements: Iterable[Acknowledgement]) -> float:
        """Return the longest time between two acknowledgements that overlaps the fence."""
        times = (acknowledgement.at for acknowledgement in acknowledgements)
        return longest_gap_seconds(times, self.fenced_at, self.promoted_at)


def fence_history(driver: CutoverDriver) -> list[Fence]:
    """Return all fences that the history of the parameter `writer` contains."""
    pages = clients.ssm().get_paginator("get_parameter_history")
    name = f"{driver.variables['PARAMETER_PREFIX']}/writer"
    versions = [version for page in pages.paginate(Name=name) for version in page["Parameters"]]
    values = [(version["Value"], version["LastModifiedDate"].timestamp()) for version in versions]
    found: list[Fence] = []
    for (outgoing, _), (value, fenced_at) in pairwise(values):
        if value == "fenced" != outgoing:
            incoming, promoted_at = next(
                (each for each in values if each[1] > fenced_at and each[0] != "fenced"), ("none", fenced_at)
            )
            found.append(Fence(outgoing, incoming, fenced_at, promoted_at))
    return found
