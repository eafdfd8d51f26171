"""Calls are found whatever way they are made; what cannot be followed is told."""

from pathlib import Path

import pytest

from iam.clients import Call
from iam.program import read
from iam.reach import calls
from iam.references import References, references
from iam.samples import FOUND, UNKNOWN, package, write


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> References:
    """All in one run of mypy, which takes seconds."""
    folder = tmp_path_factory.mktemp("samples")
    write(folder)
    return references(read(folder))


@pytest.mark.parametrize("name", FOUND)
def test_a_call_is_found_through(name: str, samples: References) -> None:
    # And no other: not what `common` has for others, nor what stands for a protocol in another package.
    assert calls(samples, f"{name}.handler.handle") == {Call("s3", FOUND[name][1])}


@pytest.mark.parametrize("name", FOUND)
def test_nothing_is_told_of_what_is_found(name: str, samples: References) -> None:
    assert [fault for fault in samples.faults if f"/{name}/" in fault] == []


@pytest.mark.parametrize("name", UNKNOWN)
def test_it_is_told_that_calls_may_hide_in(name: str, samples: References) -> None:
    [fault] = [fault for fault in samples.faults if f"/{name}/" in fault]
    assert UNKNOWN[name][1] in fault


def test_code_that_is_wrong_is_refused(tmp_path: Path) -> None:
    package(tmp_path / "wrong", "handler", "def handle() -> int: return 'text'")
    with pytest.raises(AssertionError, match="Incompatible return value"):
        read(tmp_path)


def test_a_handler_must_be_there(samples: References) -> None:
    with pytest.raises(AssertionError, match="there is no function"):
        calls(samples, "a_call.handler.other")
