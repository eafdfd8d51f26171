"""The source of every function shows its whole interface."""

from pathlib import Path

import pytest

from contract.interface import interface_of, packages
from contract.program import read
from iam.program import ROOT

PROGRAM = read(ROOT / "lambda")


def test_packages_are_those_with_a_handler() -> None:
    assert packages(PROGRAM) == tuple(sorted(path.parent.name for path in Path(ROOT / "lambda").glob("*/handler.py")))


@pytest.mark.parametrize("package", packages(PROGRAM))
def test_interface_is_completely_resolved(package: str) -> None:
    interface = interface_of(PROGRAM, package)
    assert interface.variables != ()
    assert interface.errors != ()
    assert interface.events != ()
