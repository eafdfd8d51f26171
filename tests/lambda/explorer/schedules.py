"""Schedules: the steps that the explorer takes, their execution, and what has to hold after each one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.errors import MigrationError
from explorer.boundary import Fault, InvariantBroken, Killed, World, make_payment, missing_payments, restart, take_down
from explorer.canonical import compact
from explorer.model import invoke
from explorer.state import FORWARD, LOAD, PREFIX, REVERSE, SOURCE, TARGET, State

OPERATOR = "manual"
OPERATIONS: Mapping[str, Mapping[str, Any]] = {
    "abandon_migration": {},
    "acquire_ownership": {},
    "assess_rollback": {},
    "begin_migration": {"state_machine_execution": "run-1"},
    "begin_soak": {},
    "check_alarms": {},
    "check_rollback_request": {},
    "drain_source": {},
    "drain_target": {},
    "end_rehearsal": {},
    "end_soak": {},
    "fence_source": {},
    "fence_target": {},
    "final_validation": {},
    "hold_traffic": {"reason": "an operator"},
    "initialize": {},
    "ownership_status": {},
    "postmigration_check": {},
    "premigration_assessment": {},
    "premigration_check": {},
    "promote_source": {},
    "promote_target": {},
    "record_rejection": {},
    "record_rollback": {},
    "release_ownership": {},
    "replication_status": {},
    "revert_traffic": {},
    "shift_traffic": {"percent": 100},
    "start_forward_replication": {},
    "start_full_load": {},
    "start_reverse_replication": {},
    "unfence_source": {},
    "unfence_target": {},
}
"""Every operation of the function `cutover`, with its arguments."""

EVENTS = (
    *(f"down-{side}" for side in (SOURCE, TARGET)),
    *(f"up-{side}" for side in (SOURCE, TARGET)),
    *(f"restart-{side}" for side in (SOURCE, TARGET)),
    *(f"fail-{task}" for task in (LOAD, FORWARD, REVERSE)),
    "stall",
    "late-starts",
    "grow-table",
    "pause-client",
    "progress",
    "lift-hold",
    "divert-traffic",
    "wait",
)
"""What happens outside of an operation."""

POLICIES = ("lazy", "eager", "batches")
KILLS = ("kill", "kill-after")
FAULTS = (*KILLS, "refuse", "lose", "freeze", "pause", "lost-source", "lost-target", "down-source", "down-target")
_QUIET_STEPS = 200


@dataclass(frozen=True)
class Step:
    """One operation or event; `call` is the number of the call at which `fault` happens."""

    name: str
    execution: str = OPERATOR
    policy: str = "lazy"
    call: int = 0
    fault: str = ""
    nested: tuple[str, ...] = ()
    """What happens while the operation is suspended at that call."""

    def as_list(self) -> list[Any]:
        """Return the step for a replay."""
        return [self.name, self.execution, self.policy, self.call, self.fault, list(self.nested)]


Schedule = tuple[Step, ...]


@dataclass
class Outcome:
    """The result of a step."""

    error: str
    """The name of the error, `Killed`, or nothing."""
    calls: int
    effects: list[tuple[int, str]] = field(default_factory=list)
    answer: Mapping[str, Any] = field(default_factory=dict)
    has_faulted: bool = False
    """Whether the fault of the step has happened."""


class ScheduleBroken(Exception):
    """A schedule that breaks an invariant, as the text that replays it."""

    def __init__(self, schedule: Iterable[Step], reason: str) -> None:
        """Create the error."""
        self.schedule, self.reason = tuple(schedule), reason
        super().__init__(f"{reason}\nreplay: {dump(self.schedule)}")


def dump(schedule: Schedule) -> str:
    """Return the schedule as JSON."""
    return json.dumps([step.as_list() for step in schedule], separators=(",", ":"))


def load(text: str) -> Schedule:
    """Return the schedule of `dump`."""
    return tuple(
        Step(name, execution, policy, call, fault, tuple(nested))
        for name, execution, policy, call, fault, nested in json.loads(text)
    )


def take(state: State, step: Step) -> Outcome:
    """Take a step; raise `InvariantBroken` as soon as an invariant is broken."""
    world = World(state, step.policy)
    if step.name in EVENTS:
        _happen(world, step.name)
        outcome = Outcome("", 0)
    else:
        if step.fault:
            world.faults = {step.call: Fault(step.fault, _nested(world, step) if step.nested else None)}
        error, answer = _invoke(world, step.name, step.execution)
        outcome = Outcome(error, world.calls, world.effects, answer, world.has_faulted)
    world.pay()
    world.require_one_writer(step.name)
    compact(state)
    return outcome


def require_safe_end(state: State) -> None:
    """Bring a state to a safe end, by the answers of operations only; raise `InvariantBroken` if it has none.

    Nothing fails any more: the question is whether what has happened can be mended.
    """
    _require_opened_alone(state)
    for side in state.databases.values():
        side.is_reachable = True
    state.is_stalled = state.starts_late = False
    answers: list[str] = []
    for _ in range(4):
        _settle(state)
        if _has_writer(state):
            break
        answers = _recover(state)
    if not _has_writer(state):
        writer_name = state.parameters[f"{PREFIX}/writer"]
        raise InvariantBroken(f"no safe end: the writer is {writer_name}; {'; '.join(answers)}")
    writer = state.databases[state.parameters[f"{PREFIX}/writer"]]
    missing = missing_payments(state, writer.name)
    if missing:
        raise InvariantBroken(f"the writer {writer.name} lacks {len(missing)} payments: {', '.join(missing[:5])}")
    if not make_payment(state, writer):
        raise InvariantBroken(f"the writer {writer.name} accepts no payment")


def _nested(world: World, step: Step) -> Any:
    def act() -> None:
        for name in step.nested:
            if name in EVENTS:
                _happen(world, name)
            else:
                _invoke(world, name, "run-2" if step.execution == OPERATOR else OPERATOR)

    return act


def _invoke(world: World, name: str, execution: str) -> tuple[str, Mapping[str, Any]]:
    event = {"operation": name, "execution": execution, **OPERATIONS[name]}
    if execution != OPERATOR and name == "begin_migration":
        event["state_machine_execution"] = execution
    if execution != OPERATOR and name == "assess_rollback":
        event["initiator"] = "migration"
    try:
        return "", invoke(world, event)
    except MigrationError as error:
        return type(error).__name__, {"reason": str(error)}
    except Killed:
        return "Killed", {}
    except Exception as error:
        raise InvariantBroken(f"{name} failed with {type(error).__name__}: {error}") from error


def _happen(world: World, event: str) -> None:
    state = world.state
    kind, _, name = event.partition("-")
    match kind:
        case "down":
            take_down(state.databases[name])
        case "up":
            state.databases[name].is_reachable = True
        case "restart":
            restart(state.databases[name])
        case "fail":
            task = state.tasks[name]
            if task.status in ("starting", "running"):
                task.status, task.reason, task.batch = "failed", "an error of the instance", []
        case "stall":
            state.is_stalled = not state.is_stalled
        case "late":
            state.starts_late = not state.starts_late
        case "pause":
            state.is_idle = not state.is_idle
        case "grow":
            state.is_large = True
        case "progress":
            _settle(state)
        case "lift":
            state.parameters[f"{PREFIX}/traffic/hold"] = "none"
        case "divert":
            state.parameters[f"{PREFIX}/traffic/weight"] = "0"
        case "wait":
            world.advance(30)


def _settle(state: State) -> None:
    world = World(state)
    for _ in range(_QUIET_STEPS):
        if not world.progress():
            return


def _has_writer(state: State) -> bool:
    writer = state.parameters[f"{PREFIX}/writer"]
    return writer in state.databases and state.databases[writer].can_log_in


def _recover(state: State) -> list[str]:
    """Follow the rollback, and on the path `manual` try what the documents name: an operation refuses or helps."""
    world = World(state)
    _, answer = _invoke(world, "assess_rollback", OPERATOR)
    match answer.get("path"):
        case "unfence-source":
            operations: tuple[str, ...] = ("unfence_source",)
        case "reverse-replication":
            operations = ("fence_target", "drain_target", "final_validation", "promote_source")
        case _:
            operations = ("unfence_target", "promote_target", "promote_source", "unfence_source")
    answers = [f"assess_rollback: {dict(answer)}"]
    for operation in operations:
        error, answer = _invoke(World(state), operation, OPERATOR)
        answers.append(f"{operation}: {error} {answer.get('reason', '')}")
    return answers


def _require_opened_alone(state: State) -> None:
    """Raise `InvariantBroken` if the side that has every write cannot be opened while the other one is lost."""
    if state.parameters[f"{PREFIX}/writer"] != "fenced":
        return
    fence = _latest_fence(state)
    if fence is None or _decision(state, *fence) == "promote":
        return
    outgoing, operation = (SOURCE, "unfence_source") if fence[0] == "forward" else (TARGET, "unfence_target")
    copy = State.restore(state.copy())
    for side in copy.databases.values():
        side.is_reachable = True
    copy.is_stalled = False
    take_down(copy.databases[TARGET if outgoing == SOURCE else SOURCE])
    error, answer = _invoke(World(copy), operation, OPERATOR)
    if not copy.databases[outgoing].can_log_in:
        raise InvariantBroken(f"{operation} does not open the {outgoing} alone: {error} {answer.get('reason')}")
    missing = missing_payments(copy, outgoing)
    if missing:
        raise InvariantBroken(f"the {outgoing}, opened alone, lacks {len(missing)} payments")


def _latest_fence(state: State) -> tuple[str, str] | None:
    found = []
    for direction, step in (("forward", "fence_source"), ("reverse", "fence_target")):
        text = state.objects.get(f"checkpoints/model/{step}.json")
        if text is not None:
            found.append((json.loads(text)["facts"]["fenced_at"], direction))
    if not found:
        return None
    time, direction = max(found)
    return direction, time


def _decision(state: State, direction: str, time: str) -> str | None:
    stamp = time.replace("-", "").replace(":", "").split("+")[0]
    text = state.objects.get(f"checkpoints/model/decisions/{direction}-{stamp}.json")
    return None if text is None else str(json.loads(text)["decision"])
