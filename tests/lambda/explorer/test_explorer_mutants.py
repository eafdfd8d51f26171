"""Each broken variant of the operations is found, which validates the model."""

import pytest

from explorer.explore import Explorer
from explorer.mutants import MUTANTS
from explorer.schedules import ScheduleBroken

_SCHEDULES = 100_000


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_explorer_finds_a_broken_variant(mutant: str) -> None:
    with MUTANTS[mutant](), pytest.raises(ScheduleBroken):
        Explorer().search(_SCHEDULES)
