"""A crossing: fence the giver, prove that all of it arrived, open the taker, let it be followed back.

At no instant do both databases take writes, and at every instant a checkpoint says how to go on or back.
"""

from common import log
from common.clock import Deadline
from common.errors import DatabaseFailure, FenceTimeout, PreconditionFailed, ReplicationFailed
from common.parameters import Writer
from cutover import doors, fences
from cutover.administered import ChangeLog
from cutover.arrival import arrives
from cutover.fences import Fence
from cutover.migration import Exclusive, Migration
from cutover.ways import Way
from migration.replication import Replication

FINAL_VALIDATION = "final_validation"
_MARKERS = 2  # see cutover.administered.Markers


def close(migration: Migration, way: Way) -> dict[str, str]:
    """Fence the giver: first the parameter, so that callers hold, then the database, so that it is true."""
    with migration.exclusively() as exclusive:
        fence = _begin(migration, exclusive, way)
        deadline = _deadline(migration, fence)
        for replication in migration.settings.replications:
            side = way.giving(replication)
            with migration.administer(side, timeout=_left(deadline)) as giver:
                doors.shut(migration, replication, side, giver, deadline)
    log.info("fenced", side=way.giver.value, at=fence.at)
    return {"fenced_at": fence.at}


def drain(migration: Migration, way: Way) -> dict[str, object]:
    """Prove by marker rows that the taker holds everything that the giver ever committed."""
    fence = fences.standing(migration, way)
    checkpoint = fences.done(migration, fence, way.drain)
    if checkpoint is None:
        deadline = _deadline(migration, fence)
        for replication in migration.settings.replications:
            _require_carrier(migration, way, replication)
        positions = [_pass_markers(migration, way, deadline) for _ in range(_MARKERS)][-1]
        checkpoint = fences.note(migration, fence, way.drain, {"positions": positions})
    log.info("drained", side=way.giver.value)
    return {"positions": checkpoint.facts["positions"]}


def open_taker(migration: Migration, way: Way) -> dict[str, object]:
    """Make the taker the writer: counters, where the way back begins, the application's login, the parameter."""
    with migration.exclusively() as exclusive:
        return _open_taker(migration, exclusive, way)


def follow(migration: Migration, way: Way) -> dict[str, bool]:
    """Let the giver follow the taker, from the slot that was made before the taker was opened."""
    fence = _crossed(migration, way)
    retire_carriers(migration, fence)
    # Waiting for the stopped tasks took its time: only a crossing that still stands may be followed.
    with migration.exclusively():
        if _crossed(migration, way) != fence:
            raise PreconditionFailed("another crossing was begun meanwhile")
        positions = fences.require(migration, fence, way.open).facts["positions"]
        started = [
            _start_follower(migration, fence, replication, positions[replication.name])
            for replication in migration.settings.replications
        ]
    return {"started": any(started)}


def retire_carriers(migration: Migration, fence: Fence) -> None:
    """See the stopped tasks at rest and drop their slots: an abandoned slot fills the giver's disk."""
    stopped = fences.require(migration, fence, fence.way.stop).facts["slots"]
    for replication in migration.settings.replications:
        for task in fence.way.carriers(replication):
            migration.tasks.request_stop(task)
            migration.tasks.await_stopped(task, migration.settings.stop)
        with migration.administer(fence.way.giving(replication)) as giver:
            for slot in {*stopped[replication.name], fence.way.carrier_slot(replication)}:
                _forget_when_free(migration, giver.changes, slot)


def _begin(migration: Migration, exclusive: Exclusive, way: Way) -> Fence:
    writer = migration.parameters.writer()
    if writer is Writer.FENCED:
        return fences.standing(migration, way)
    if writer is not way.giver:
        raise PreconditionFailed(f"the writer is {writer.value}, it must be the {way.giver.value} to be fenced")
    if way.is_forward:
        _refuse_gaps(migration)
    fence = Fence(way, migration.clock.now().isoformat())
    migration.checkpoints.write(way.fence, migration.execution, {"fenced_at": fence.at})
    exclusive.move_writer(Writer.FENCED)
    return fence


def _refuse_gaps(migration: Migration) -> None:
    """While nothing has moved; a way back is never refused for what somebody was granted meanwhile."""
    for replication in migration.settings.replications:
        side = replication.source
        with migration.administer(side) as giver:
            for gap in doors.gaps(migration, replication, side, giver):
                raise PreconditionFailed(f"the source of {replication.name} {gap}")


def _open_taker(migration: Migration, exclusive: Exclusive, way: Way) -> dict[str, object]:
    fence = fences.last(migration)
    writer = migration.parameters.writer()
    if writer is way.taker and fence is not None and fence.way == way:
        return {"positions": fences.require(migration, fence, way.open).facts["positions"]}
    fence = fences.standing(migration, way)
    fences.require(migration, fence, way.drain)
    if way.is_forward:
        fences.require(migration, fence, FINAL_VALIDATION)
    checkpoint = fences.done(migration, fence, way.open)
    if checkpoint is None:
        _stop_carriers(migration, fence)
        positions = {entry.name: _prepare_taker(migration, way, entry) for entry in migration.settings.replications}
        checkpoint = fences.note(migration, fence, way.open, {"positions": positions})
    if way.is_forward and _deadline(migration, fence).left() <= 0:
        raise FenceTimeout("the fence's time was up before the target could be opened")
    for replication in migration.settings.replications:
        doors.let_in(migration, replication, way.taking(replication))
    exclusive.move_writer(way.taker)
    log.info("promoted", side=way.taker.value)
    return {"positions": checkpoint.facts["positions"]}


def _crossed(migration: Migration, way: Way) -> Fence:
    """The fence of the crossing that led to the present writer."""
    fence = fences.last(migration)
    writer = migration.parameters.writer()
    if fence is None or fence.way != way or writer is not way.taker:
        raise PreconditionFailed(f"the writer is {writer.value}: there is no crossing {way.name} to follow")
    return fence


def _deadline(migration: Migration, fence: Fence) -> Deadline:
    # Forward, the fence's time is counted from its beginning: when it is up, the way back is to open the source.
    # Back, there is nowhere else to go: each attempt has the whole time.
    since = fence.instant if fence.way.is_forward else None
    return migration.clock.deadline(migration.settings.fence, since)


def _left(deadline: Deadline) -> float:
    """A statement's limit: a server that hangs must not use up more than the fence has."""
    return max(1.0, deadline.left())


def _require_carrier(migration: Migration, way: Way, replication: Replication) -> None:
    states = [migration.tasks.state(task) for task in way.carriers(replication)]
    if not any(state.status == "running" for state in states):
        told = ", ".join(f"{state.arn} is {state.status}" for state in states)
        raise ReplicationFailed(f"no task carries rows out of the {way.giver.value}: {told}")


def _pass_markers(migration: Migration, way: Way, deadline: Deadline) -> dict[str, int]:
    written: dict[str, int] = {}
    for replication in migration.settings.replications:
        with migration.administer(way.giving(replication), timeout=_left(deadline)) as giver:
            written[replication.name] = giver.markers.write(way.marker)
    for replication in migration.settings.replications:
        with migration.administer(way.taking(replication), timeout=_left(deadline)) as taker:
            if not arrives(taker.markers, way.marker, written[replication.name], deadline):
                raise FenceTimeout(f"the marker of {replication.name} did not arrive in the {way.taker.value} in time")
    return written


def _stop_carriers(migration: Migration, fence: Fence) -> None:
    """Ask the tasks to stop and do not wait: behind the fence they have nothing left to carry."""
    way = fence.way
    if fences.done(migration, fence, way.stop) is None:
        used: dict[str, list[str]] = {}
        for replication in migration.settings.replications:
            side = way.giving(replication)
            with migration.administer(side) as giver:
                used[replication.name] = giver.changes.read_by(migration.replicating_users(side))
        fences.note(migration, fence, way.stop, {"slots": used, "tasks": _running(migration, way)})
    for replication in migration.settings.replications:
        for task in way.carriers(replication):
            migration.tasks.request_stop(task)


def _running(migration: Migration, way: Way) -> list[str]:
    carriers = [task for replication in migration.settings.replications for task in way.carriers(replication)]
    return [task for task in carriers if migration.tasks.state(task).active]


def _prepare_taker(migration: Migration, way: Way, replication: Replication) -> str:
    with (
        migration.administer(way.giving(replication)) as giver,
        migration.administer(way.taking(replication)) as taker,
    ):
        found = giver.schema.tables(replication.tables)
        here, there = giver.counters.read(found), taker.counters.read(found)
        taker.counters.write({name: position for name, position in here.items() if there.get(name) != position})
        return taker.changes.keep_from_here(way.follower_slot(replication))


def _start_follower(migration: Migration, fence: Fence, replication: Replication, position: str) -> bool:
    task = fence.way.follower(replication)
    noted = fences.done(migration, fence, fence.way.follow) is not None
    if migration.tasks.state(task).active:
        if not noted:
            raise ReplicationFailed(f"{task} runs already, from before the fence of {fence.at}")
        return False
    fences.note(migration, fence, fence.way.follow, {"tasks": [task]})
    migration.tasks.start(task, position)
    return True


def _forget_when_free(migration: Migration, changes: ChangeLog, slot: str) -> None:
    """The server frees a slot a moment after the task is gone."""

    def is_forgotten() -> bool:
        try:
            changes.forget(slot)
        except DatabaseFailure as failure:
            if failure.sqlstate != "55006":  # object_in_use
                raise
            return False
        return True

    late = ReplicationFailed(f"the slot {slot} is still in use after its task stopped")
    migration.clock.deadline(30).poll(is_forgotten, late, pause=0.5)
