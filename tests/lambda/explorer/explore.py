"""The explorer: every crash point with every operation first, then suspensions and seeded combinations.

`python -m explorer.explore --schedules 100000 --seed 1` explores, `--replay JSON` repeats one schedule.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from explorer.boundary import InvariantBroken
from explorer.canonical import digest
from explorer.model import modeled
from explorer.paths import CUTOVER, ROLLBACK, RUN, VARIANTS, Crash, Variant
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

_MAX_DEPTH = 60


@dataclass
class Explorer:
    """Explores schedules, and counts those that are distinct: the same step in an equal state counts once."""

    seed: int = 0
    crash_points: int = 0
    """Crash points that were combined with every operation."""
    calls_after_crashes: int = 0
    """Operations that were called directly after a crash."""
    crashed_operations: set[str] = field(default_factory=set)
    """Operations with crash points."""
    executed: dict[tuple[bytes, Step], tuple[bytes, Outcome]] = field(default_factory=dict)
    """The digest of the state after each step from each state, and the outcome."""
    states: dict[bytes, tuple[bytes, Schedule]] = field(default_factory=dict)
    """Each distinct state with a schedule that reaches it."""

    def explore(self, schedules: int) -> None:
        """Combine every crash point with every operation, then continue until `schedules` have been explored.

        Raise `ScheduleBroken` at the first schedule that breaks an invariant.
        """
        with modeled():
            for variant in VARIANTS:
                for _ in self._crash_points_with_operations(variant):
                    pass
            suspensions = chain.from_iterable(map(self._suspensions, VARIANTS))
            self._take_turns(schedules, suspensions, self.combinations())

    def search(self, schedules: int) -> None:
        """Explore `schedules` in a mixed order, the paths themselves first, which finds a broken operation sooner."""
        with modeled():
            for variant in VARIANTS:
                for _ in self._base(variant):
                    pass
            crashes = chain.from_iterable(map(self._crash_points_with_operations, VARIANTS))
            suspensions = chain.from_iterable(map(self._suspensions, VARIANTS))
            self._take_turns(schedules, crashes, suspensions, self.combinations())

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

    def _take_turns(self, schedules: int, *explorations: Iterator[None]) -> None:
        while len(self.executed) < schedules:
            for exploration in explorations:
                next(exploration, None)

    def _base(self, variant: Variant) -> Iterator[tuple[bytes, bytes, Schedule, Step, Outcome]]:
        """Yield each step of the path of a variant."""
        state = initial_state()
        copy, key = state.copy(), digest(state)
        schedule: Schedule = ()
        self.states[key] = (copy, schedule)
        for element in variant.path:
            step = _step_of(element, variant, copy)
            after, after_key, outcome = self.step(copy, key, schedule, step)
            if outcome.error and not step.fault and not variant.is_faulty:
                raise ScheduleBroken((*schedule, step), f"{step.name} failed without a fault: {outcome}")
            yield copy, key, schedule, step, outcome
            copy, key, schedule = after, after_key, (*schedule, step)

    def _crash_points_with_operations(self, variant: Variant) -> Iterator[None]:
        """Crash before and after each effect, then run every operation."""
        for copy, key, schedule, step, outcome in self._base(variant):
            for call, _ in outcome.effects:
                for kind in KILLS:
                    crash = Step(step.name, step.execution, step.policy, call, kind)
                    crashed, crashed_key, _ = self.step(copy, key, schedule, crash)
                    for name in OPERATIONS:
                        self.step(crashed, crashed_key, (*schedule, crash), Step(name, policy=step.policy))
                        self.calls_after_crashes += 1
                    self.crashed_operations.add(step.name)
                    self.crash_points += 1
                    yield

    def _suspensions(self, variant: Variant) -> Iterator[None]:
        """Suspend each step at each call, with and without its sessions, and run every operation meanwhile."""
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


def _step_of(element: str | Crash, variant: Variant, copy: bytes) -> Step:
    """Return the step of a path; a crash happens at the call of its effect."""
    if isinstance(element, Crash):
        step = Step(element.operation, RUN, variant.policy)
        effects = take(State.restore(copy), step).effects
        call = next(call for call, effect in effects if effect == element.effect)
        return replace(step, call=call, fault="kill")
    if element in EVENTS:
        return Step(element)
    return Step(element, OPERATOR if element == "end_soak" else RUN, variant.policy)


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
    parser.add_argument("--schedules", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--replay", help="a schedule, as a failed exploration prints it")
    arguments = parser.parse_args()
    try:
        if arguments.replay:
            replay(load(arguments.replay))
            return 0
        explorer = Explorer(arguments.seed)
        begun = time.monotonic()
        explorer.explore(arguments.schedules)
    except ScheduleBroken as broken:
        print(f"BROKEN (seed {arguments.seed}): {broken}")
        return 1
    print(f"{explorer.summary()}, {time.monotonic() - begun:.0f} s, seed {arguments.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
