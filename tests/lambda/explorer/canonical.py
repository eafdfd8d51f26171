"""Compaction of a state, and the form in which two states are equal if the operations cannot tell them apart.

Identities of markers, payments and times differ between schedules. Their order and their presence matter only.
"""

import re
from hashlib import blake2b

from explorer.state import SOURCE, TARGET, Change, Database, State

_MARKER = re.compile(r'"(m\d+)"')
_TIME = re.compile(r'"(2026-[^"]+)"')
_IDENTITY = re.compile(r'"(?:(m\d+)|([ST])(\d+)|(2026-[^"]+))"|(?<=decisions/)(forward|reverse)-[\dT.]+')
_DECISION = "/decisions/"


def compact(state: State) -> None:
    """Remove what no operation, task or check can see any more."""
    source, target = state.databases[SOURCE], state.databases[TARGET]
    if source.payments == target.payments and source.oldest == target.oldest and source.payments:
        for number, identity in source.payments.items():
            if state.acknowledged.get(identity) == number:
                del state.acknowledged[identity]
        source.oldest = target.oldest = max(source.payments)
        source.payments, target.payments = {}, {}
    state.objects = {key: text for key, text in state.objects.items() if _is_visible(state, key)}
    referenced = {marker for text in state.objects.values() for marker in _MARKER.findall(text)}
    for database in (source, target):
        start = min([*database.slots.values(), database.log_end])
        if start > database.log_start:
            database.log, database.log_start = database.changes_since(start), start
    pending = {change.key for database in (source, target) for change in database.log if change.kind == "marker"}
    for database in (source, target):
        database.markers = {
            key: purpose for key, purpose in database.markers.items() if key in referenced or key in pending
        }


def digest(state: State) -> bytes:
    """Return the hash of the canonical form of a compacted state."""
    source, target = state.databases[SOURCE], state.databases[TARGET]
    texts = [f"{key}={text}" for key, text in sorted(state.objects.items())]
    text = "\n".join(texts)
    times = sorted(set(_TIME.findall(text)))
    rank = {time: f"t{number}" for number, time in enumerate(times)}
    names: dict[str, str] = {}

    def canonical(found: re.Match[str]) -> str:
        marker, side, position, time, decision = found.groups()
        if marker:
            names.setdefault(marker, f"k{len(names)}:{marker in source.markers}:{marker in target.markers}")
            return names[marker]
        if side:
            return repr(_behind(source if side == "S" else target, int(position), names))
        return rank[time] if time else str(decision)

    text = _IDENTITY.sub(canonical, text)
    payments = {
        (identity in source.payments.values(), identity in target.payments.values()) for identity in state.acknowledged
    }
    flags = (state.is_stalled, state.starts_late, state.is_large, state.is_idle, state.weight)
    parts = [
        text,
        repr(sorted(state.parameters.items())),
        repr(sorted(payments)),
        repr((flags, _deadline_has_passed(state, times))),
        repr((source.sequence > target.sequence, source.sequence < target.sequence)),
        *(_describe(database, names) for database in (source, target)),
        *(
            repr((task.name, task.status, _task_position(state, task.name, names), len(task.batch)))
            for task in state.tasks.values()
        ),
    ]
    return blake2b("\n".join(parts).encode(), digest_size=12).digest()


def _is_visible(state: State, key: str) -> bool:
    """Return whether an operation can still read an object: reports, and decisions of replaced fences, are not read."""
    if key.startswith(("assessments/", "rollback/")):
        return False
    if _DECISION not in key:
        return True
    direction, _, time = key.rsplit("/", 1)[1].removesuffix(".json").partition("-")
    step = "fence_source" if direction == "forward" else "fence_target"
    fence = state.objects.get(f"checkpoints/model/{step}.json", "")
    stamp = f"{time[:4]}-{time[4:6]}-{time[6:8]}T{time[9:11]}:{time[11:13]}:{time[13:15]}{time[15:]}"
    return f'"fenced_at":"{stamp}' in fence


def _deadline_has_passed(state: State, times: list[str]) -> bool:
    """Return whether the latest recorded time is older than a fence may be."""
    if not times:
        return True
    hours, minutes, seconds = times[-1][11:].split("+")[0].split(":")
    latest = (int(times[-1][8:10]) - 1) * 86_400 + int(hours) * 3_600 + int(minutes) * 60 + float(seconds)
    return state.microseconds / 1_000_000 - latest > 20


def _describe(database: Database, names: dict[str, str]) -> str:
    slots = {slot: _behind(database, position, names) for slot, position in sorted(database.slots.items())}
    return repr((database.is_reachable, database.can_log_in, database.has_session, database.owner, slots))


def _task_position(state: State, name: str, names: dict[str, str]) -> str:
    task = state.tasks[name]
    return "-" if task.position is None else str(_behind(state.databases[task.source], task.position, names))


def _behind(database: Database, position: int, names: dict[str, str]) -> tuple[str, ...]:
    """Return the changes behind a position, without repetitions and without markers that nothing refers to."""
    if position < database.log_start:
        return ("lost",)
    found: list[str] = []
    for change in database.changes_since(position):
        name = _name(change, names)
        if name and (not found or found[-1] != name):
            found.append(name)
    return tuple(found)


def _name(change: Change, names: dict[str, str]) -> str:
    if change.kind == "payment":
        return f"payment{change.by_task}"
    return names.get(change.key, "")
