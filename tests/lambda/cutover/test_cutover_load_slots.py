"""The slot of the full load, whose name DMS chooses, is dropped although its task has lost its connection."""

from collections.abc import Iterator

import pytest

from common.errors import PreconditionFailed
from cutover import handler
from cutover.postgresql.slots import Slots
from support.clocks import skipping_clock
from support.environment import Environment


def test_slot_of_a_reconnecting_task_is_dropped_after_the_cutover(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation")
    monkeypatch.setattr(Slots, "slots_in_use_by", lambda *_: [])
    environment.run_all("promote_target", "start_reverse_replication")
    assert environment.slots(environment.source) == []


def test_fence_waits_for_a_reconnecting_task(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.start_replication()
    in_use = Slots.slots_in_use_by
    answers: Iterator[list[str]] = iter([[], []])

    def reconnect(slots: Slots, users: tuple[str, ...]) -> list[str]:
        return next(answers, None) or in_use(slots, users)

    monkeypatch.setattr(Slots, "slots_in_use_by", reconnect)
    environment.cut_over()
    assert environment.slots(environment.source) == []


def test_fence_is_refused_if_the_slot_stays_unknown(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.start_replication()
    monkeypatch.setattr(Slots, "slots_in_use_by", lambda *_: [])
    with pytest.raises(PreconditionFailed, match="has read from no slot"):
        handler.run(environment.migration(clock=skipping_clock()), {"operation": "fence_source"})
    assert environment.parameter("writer") == "source"
