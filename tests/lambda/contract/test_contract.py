"""Rust and Python agree in `lambda/contract.toml`: the Python half, held against the source of each function.

Rust's half is `tests/compatibility/lambda_contract`.
"""

import tomllib
from collections.abc import Callable, Iterator

import pytest

from contract.conformance import CHECKS, ROOT, Contract, deviations
from contract.mutations import Mutation, mutations

_CONTRACT: Contract = tomllib.loads((ROOT / "lambda/contract.toml").read_text())
_MUTATIONS = list(mutations(_CONTRACT))


@pytest.mark.parametrize("check", CHECKS)
def test_source_conforms_to_the_contract(check: Callable[[Contract], Iterator[str]]) -> None:
    assert list(check(_CONTRACT)) == []


@pytest.mark.parametrize("kind", sorted({mutation.kind for mutation in _MUTATIONS}))
def test_every_entry_that_is_added_dropped_or_renamed_is_a_deviation(kind: str) -> None:
    held = [mutation for mutation in _MUTATIONS if mutation.kind == kind and _is_held_by_the_source(mutation)]
    assert held
    assert [mutation.change for mutation in held if deviations(mutation.contract) == []] == []


def _is_held_by_the_source(mutation: Mutation) -> bool:
    """Return whether the entry is one of Python: state machines and an agent have errors and metrics of their own."""
    entry = mutation.entry if isinstance(mutation.entry, dict) else {}
    return "raised_by" not in entry and "written_by" not in entry
