"""The explorer: every crash point with every operator's call first, then seeded combinations until the time is over.

`python -m explorer.explore --seconds 600 --seed 1` explores, `--replay JSON` repeats one schedule.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from explorer.boundary import InvariantBroken
from explorer.canonical import digest
from explorer.model import modeled
from explorer.schedules import (
    EVENTS,
    FAULTS,
    KILLS,
    OPERATIONS,
    OPERATOR,
    POLICIES,
    Outcome,
    Schedule,
    ScheduleBroken,
    Step,
    load,
    require_safe_end,
    take,
)
from explorer.state import State, initial_state

RUN = "run-1"
CUTOVER = (
    "begin_migration",
    "replication_status",
    "fence_source",
    "drain_source",
    "final_validation",
    "promote_target",
    "start_reverse_replication",
    "begin_soak",
)
ROLLBACK = (
    "hold_traffic",
    "assess_rollback",
    "fence_target",
    "drain_target",
    "final_validation",
    "promote_source",
    "start_forward_replication",
    "revert_traffic",
    "record_rollback",
)
AGAIN = ("progress", "lift-hold", "shift_traffic", "begin_migration", *CUTOVER[1:], "end_soak")


@dataclass(frozen=True)
class Variant:
    """How replication and clients behave during the cutover, the rollback and the second cutover."""

    policy: str
    events: tuple[str, ...] = ()
    is_faulty: bool = False
    """Whether an operation may fail although nothing interrupts it."""


VARIANTS = (
    Variant("lazy"),
    Variant("lazy", ("pause-client",)),
    Variant("batches", ("grow-table",)),
    Variant("lazy", ("grow-table", "late-starts"), is_faulty=True),
    Variant("eager"),
)
_MAX_DEPTH = 60
_TURN = 10


@dataclass
class Explorer:
    """Explores schedules, and counts those that are distinct: the same step in an equal state counts once."""

    seed: int = 0
    crash_points: int = 0
    """Crash points that were combined with every operation."""
    calls_after_crashes: int = 0
    """Operations that were called directly after a crash."""
    executed: dict[tuple[bytes, Step], tuple[bytes, Outcome]] = field(default_factory=dict)
    """The digest of the state after each step from each state, and the outcome."""
    states: dict[bytes, tuple[bytes, Schedule]] = field(default_factory=dict)
    """Each distinct state with a schedule that reaches it."""

    def explore(self, seconds: float) -> None:
        """Explore for about `seconds`; raise `ScheduleBroken` at the first schedule that breaks an invariant."""
        end = time.monotonic() + seconds
        with modeled():
            for _ in self._crash_points_with_operations():
                pass
            combinations, suspensions = self.combinations(), self._suspensions()
            while time.monotonic() < end:
                for _ in range(_TURN):
                    next(suspensions, None)
                    next(combinations)

    def summary(self) -> str:
        """Return the figures."""
        return (
            f"{len(self.executed)} distinct schedules, {len(self.states)} distinct states,"
            f" {self.crash_points} crash points with each of {len(OPERATIONS)} operations"
        )

    def step(self, copy: bytes, before: bytes, schedule: Schedule, step: Step) -> tuple[bytes, bytes, Outcome]:
        """Take `step` from a state; return the new state, its digest and the outcome."""
        known = self.executed.get((before, step))
        if known is not None:
            return self.states[known[0]][0], *known
        state = State.restore(copy)
        try:
            outcome = take(state, step)
            after = digest(state)
            if after not in self.states:
                self.states[after] = (state.copy(), (*schedule, step))
                require_safe_end(state)
        except InvariantBroken as broken:
            raise ScheduleBroken((*schedule, step), str(broken)) from broken
        # A fault that did not happen is no other schedule.
        distinct = step if outcome.has_faulted else replace(step, call=0, fault="", nested=())
        self.executed[before, distinct] = (after, outcome)
        return self.states[after][0], after, outcome

    def _base(self, variant: Variant) -> Iterator[tuple[bytes, bytes, Schedule, Step, Outcome]]:
        """Yield each step of a cutover, a rollback, and a second cutover up to the end of its soak."""
        state = initial_state()
        copy, key = state.copy(), digest(state)
        schedule: Schedule = ()
        self.states[key] = (copy, schedule)
        for name in (*variant.events, *CUTOVER, *ROLLBACK, *AGAIN):
            step = Step(name)
            if name in OPERATIONS:
                step = Step(name, OPERATOR if name == "end_soak" else RUN, variant.policy)
            after, after_key, outcome = self.step(copy, key, schedule, step)
            if outcome.error and not variant.is_faulty:
                raise ScheduleBroken((*schedule, step), f"{name} failed without a fault: {outcome}")
            yield copy, key, schedule, step, outcome
            copy, key, schedule = after, after_key, (*schedule, step)

    def _crash_points_with_operations(self) -> Iterator[None]:
        """Crash before and after each effect, then run every operation."""
        for variant in VARIANTS:
            for copy, key, schedule, step, outcome in self._base(variant):
                for call, _ in outcome.effects:
                    for kind in KILLS:
                        crash = Step(step.name, step.execution, step.policy, call, kind)
                        crashed, crashed_key, _ = self.step(copy, key, schedule, crash)
                        for name in OPERATIONS:
                            self.step(crashed, crashed_key, (*schedule, crash), Step(name, policy=step.policy))
                            self.calls_after_crashes += 1
                        self.crash_points += 1
                        yield

    def _suspensions(self) -> Iterator[None]:
        """Suspend each step at each call, with and without its sessions, and run every operation meanwhile."""
        for variant in VARIANTS:
            for kind in ("pause", "lost-source", "lost-target"):
                for copy, key, schedule, step, outcome in self._base(variant):
                    for call in range(1, outcome.calls + 1):
                        for name in OPERATIONS:
                            suspended = Step(step.name, step.execution, step.policy, call, kind, (name,))
                            self.step(copy, key, schedule, suspended)
                        yield

    def combinations(self) -> Iterator[None]:
        """Take random steps from random states, those that were found last more often."""
        chance = random.Random(self.seed)
        if not self.states:
            state = initial_state()
            self.states[digest(state)] = (state.copy(), ())
        keys = list(self.states)
        while True:
            if len(keys) < len(self.states):
                keys.extend(list(self.states)[len(keys) :])
            recent = chance.random() < 0.5
            key = chance.choice(keys[-200:] if recent else keys)
            copy, schedule = self.states[key]
            if len(schedule) > _MAX_DEPTH:
                continue
            for _ in range(chance.randint(1, 12)):
                step = self._random_step(chance, copy)
                after, after_key, _ = self.step(copy, key, schedule, step)
                copy, key, schedule = after, after_key, (*schedule, step)
            yield

    def _random_step(self, chance: random.Random, copy: bytes) -> Step:
        if chance.random() < 0.2:
            return Step(chance.choice(EVENTS))
        name = chance.choice(_WEIGHTED)
        execution = chance.choice((RUN, OPERATOR, OPERATOR, "run-2"))
        policy = chance.choice(POLICIES)
        if chance.random() < 0.4:
            return Step(name, execution, policy)
        call, kind = chance.randint(1, 50), chance.choice(FAULTS)
        nested: tuple[str, ...] = ()
        if kind == "pause" or (kind.startswith("lost-") and chance.random() < 0.8):
            nested = tuple(chance.choice((*_WEIGHTED, *EVENTS)) for _ in range(chance.randint(1, 4)))
        return Step(name, execution, policy, call, kind, nested)


_WRITER_OPERATIONS = (*CUTOVER[1:], *ROLLBACK[1:7], "unfence_source", "unfence_target")
_WEIGHTED = (*OPERATIONS, *_WRITER_OPERATIONS, *_WRITER_OPERATIONS)


def replay(schedule: Schedule) -> State:
    """Run one schedule, print its steps, and raise `ScheduleBroken` as the explorer does."""
    state = initial_state()
    with modeled():
        for number, step in enumerate(schedule):
            try:
                outcome = take(state, step)
            except InvariantBroken as broken:
                raise ScheduleBroken(schedule[: number + 1], str(broken)) from broken
            print(f"{number + 1}. {step.as_list()} -> {outcome.error or 'ok'} {dict(outcome.answer)}")
            for call, effect in outcome.effects:
                print(f"     {call} {effect}")
        try:
            require_safe_end(State.restore(state.copy()))
        except InvariantBroken as broken:
            raise ScheduleBroken(schedule, str(broken)) from broken
    return state


def main() -> int:
    """Explore, print the figures, and return 1 if a schedule breaks an invariant."""
    parser = argparse.ArgumentParser(description="Explore schedules of the cutover.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--replay", help="a schedule, as a failed exploration prints it")
    arguments = parser.parse_args()
    try:
        if arguments.replay:
            replay(load(arguments.replay))
            return 0
        explorer = Explorer(arguments.seed)
        begun = time.monotonic()
        explorer.explore(arguments.seconds)
    except ScheduleBroken as broken:
        print(f"BROKEN (seed {arguments.seed}): {broken}")
        return 1
    print(f"{explorer.summary()}, {time.monotonic() - begun:.0f} s, seed {arguments.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
