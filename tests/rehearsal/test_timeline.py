"""Switchovers are read from the history of the parameter `writer`."""

from rehearsal.timeline import Switchover, WriterChange, switchovers


def history(*writers: str) -> list[WriterChange]:
    """Return a change each second."""
    return [WriterChange(writer, float(second)) for second, writer in enumerate(writers)]


def test_each_switchover_has_its_fence_and_its_promotion() -> None:
    assert switchovers(history("source", "fenced", "target", "fenced", "source")) == [
        Switchover("source", "target", 1.0, 2.0),
        Switchover("target", "source", 3.0, 4.0),
    ]


def test_lifted_fence_is_no_switchover() -> None:
    assert switchovers(history("source", "fenced", "source")) == []


def test_repeated_value_is_one_change() -> None:
    assert switchovers(history("source", "fenced", "fenced", "target", "target")) == [
        Switchover("source", "target", 1.0, 3.0)
    ]
