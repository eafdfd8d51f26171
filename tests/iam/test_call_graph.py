"""The call graph finds AWS calls through every language feature, or reports what it cannot resolve."""

from pathlib import Path

import pytest

from iam.call_graph import reachable_calls
from iam.clients import Call
from iam.program import read
from iam.references import References, references
from iam.samples import RESOLVED, UNRESOLVED, package, write


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> References:
    """Analyze all samples in one run of mypy, which takes seconds."""
    folder = tmp_path_factory.mktemp("samples")
    write(folder)
    return references(read(folder))


@pytest.mark.parametrize("name", RESOLVED)
def test_resolved_sample_yields_exactly_its_call(name: str, samples: References) -> None:
    # Neither the other functions of `common` nor a protocol's implementation in another package count.
    assert reachable_calls(samples, f"{name}.handler.handle") == {Call("s3", RESOLVED[name][1])}


@pytest.mark.parametrize("name", RESOLVED)
def test_resolved_sample_has_no_errors(name: str, samples: References) -> None:
    assert [error for error in samples.errors if f"/{name}/" in error] == []


@pytest.mark.parametrize("name", UNRESOLVED)
def test_unresolved_sample_has_one_error(name: str, samples: References) -> None:
    [error] = [error for error in samples.errors if f"/{name}/" in error]
    assert UNRESOLVED[name][1] in error


def test_ill_typed_code_is_rejected(tmp_path: Path) -> None:
    package(tmp_path / "wrong", "handler", "def handle() -> int: return 'text'")
    with pytest.raises(AssertionError, match="Incompatible return value"):
        read(tmp_path)


def test_missing_handler_is_rejected(samples: References) -> None:
    with pytest.raises(AssertionError, match="no function"):
        reachable_calls(samples, "a_call.handler.other")
