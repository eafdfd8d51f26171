"""How long nobody could pay: each fence, and the longest silence around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from common import clients
from support.environment import Environment
from support.payment_load import Acknowledgement

_NAMES = {("source", "target"): "cutover", ("target", "source"): "rollback"}


@dataclass(frozen=True)
class Fence:
    """A time in which nobody was the writer (seconds since 1970), and who was before and after."""

    giver: str
    taker: str
    closed: float
    opened: float

    @property
    def name(self) -> str:
        """What it was good for."""
        return _NAMES.get((self.giver, self.taker), "fence that was undone")

    def silence(self, acknowledgements: Iterable[Acknowledgement]) -> float:
        """The longest time between two acknowledgements that the fence had a part in."""
        instants = sorted(acknowledgement.at for acknowledgement in acknowledgements)
        return max(
            (later - earlier for earlier, later in pairwise(instants) if later > self.closed and earlier < self.opened),
            default=0.0,
        )


def fences(environment: Environment) -> list[Fence]:
    """All fences, as the history of the parameter `writer` has them."""
    pages = clients.ssm().get_paginator("get_parameter_history")
    name = f"{environment.variables['PARAMETERS']}/writer"
    versions = [version for page in pages.paginate(Name=name) for version in page["Parameters"]]
    said = [(version["Value"], version["LastModifiedDate"].timestamp()) for version in versions]
    found: list[Fence] = []
    for (giver, _), (value, closed) in pairwise(said):
        if value == "fenced" != giver:
            taker, opened = next(
                (each for each in said if each[1] > closed and each[0] != "fenced"), ("nobody", closed)
            )
            found.append(Fence(giver, taker, closed, opened))
    return found
