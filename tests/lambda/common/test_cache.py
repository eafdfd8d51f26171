"""Cached values of Parameter Store."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from common.cache import Cached

TTL, MAX_STALE = 10.0, 30.0


class Parameter:
    """A parameter that can be throttled, with a clock."""

    def __init__(self) -> None:
        """Set the initial value."""
        self.now = 0.0
        self.reads = 0
        self.is_throttled = False

    def read(self) -> str:
        """Return the value, or the error of Parameter Store under throttling."""
        self.reads += 1
        if self.is_throttled:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "GetParameter")
        return f"value {self.reads}"

    def cached(self) -> Cached[str]:
        """Return a cache of the value."""
        return Cached(self.read, TTL, MAX_STALE, lambda: self.now)


@pytest.fixture
def parameter() -> Parameter:
    return Parameter()


def reads_during(parameter: Parameter, calls: Callable[[], object]) -> int:
    before = parameter.reads
    calls()
    return parameter.reads - before


def test_value_is_read_once_per_ttl(parameter: Parameter) -> None:
    cached = parameter.cached()
    assert [cached.value() for _ in range(3)] == ["value 1"] * 3
    parameter.now += TTL
    assert cached.value() == "value 2"


def test_failed_read_is_not_repeated_within_the_ttl(parameter: Parameter) -> None:
    cached = parameter.cached()
    cached.value()
    parameter.is_throttled = True
    parameter.now += TTL
    assert reads_during(parameter, lambda: [cached.value() for _ in range(5)]) == 1
    parameter.now += TTL
    assert reads_during(parameter, lambda: [cached.value() for _ in range(5)]) == 1


def test_value_is_read_again_a_ttl_after_a_failed_read(parameter: Parameter) -> None:
    cached = parameter.cached()
    cached.value()
    parameter.is_throttled = True
    parameter.now += TTL
    assert cached.value() == "value 1"
    parameter.is_throttled = False
    parameter.now += TTL
    assert cached.value() == "value 3"


def test_pause_between_failed_reads_doubles_up_to_its_maximum(parameter: Parameter) -> None:
    cached = Cached(parameter.read, 1.0, 100.0, lambda: parameter.now)
    cached.value()
    parameter.is_throttled = True
    reads: list[float] = []
    for second in range(1, 40):
        parameter.now = float(second)
        if reads_during(parameter, cached.value):
            reads.append(parameter.now)
    assert reads == [1, 2, 4, 8, 16, 24, 32]
    parameter.is_throttled = False
    parameter.now = 40.0
    assert reads_during(parameter, cached.value) == 1
    parameter.now = 41.0
    assert reads_during(parameter, cached.value) == 1


def test_failure_without_a_value_is_repeated_for_a_second_without_a_read(parameter: Parameter) -> None:
    cached = parameter.cached()
    parameter.is_throttled = True
    for _ in range(3):
        with pytest.raises(ClientError, match="ThrottlingException"):
            cached.value()
    assert parameter.reads == 1
    parameter.is_throttled = False
    parameter.now += 1.0
    assert cached.value() == "value 2"


def test_value_is_not_returned_beyond_its_maximum_age(parameter: Parameter) -> None:
    cached = parameter.cached()
    cached.value()
    parameter.is_throttled = True
    parameter.now += MAX_STALE
    with pytest.raises(ClientError, match="ThrottlingException"):
        cached.value()


def test_invalidated_value_is_read_again(parameter: Parameter) -> None:
    cached = parameter.cached()
    cached.value()
    cached.invalidate()
    assert cached.value() == "value 2"


def test_invalidation_does_not_repeat_a_failed_read(parameter: Parameter) -> None:
    cached = parameter.cached()
    cached.value()
    parameter.is_throttled = True
    parameter.now += TTL
    cached.value()
    cached.invalidate()
    assert reads_during(parameter, cached.value) == 0


def test_clock_that_moves_backward_does_not_stop_reads(parameter: Parameter) -> None:
    cached = parameter.cached()
    parameter.now = 1000.0
    cached.value()
    parameter.is_throttled = True
    parameter.now += TTL
    cached.value()
    parameter.is_throttled = False
    parameter.now = 0.0
    assert cached.value() == "value 3"
