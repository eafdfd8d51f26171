"""The long phase before the cutover: the load, and how far the target is behind."""

from dataclasses import dataclass

from common import log
from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover.arrival import arrives
from cutover.migration import Migration
from cutover.tasks import Following, TaskState
from migration.replication import Replication

_ORDER: tuple[Following, ...] = ("failed", "full-load", "lagging", "caught-up")
_HEARTBEAT_WAIT = 10.0
HEARTBEAT = "heartbeat"
"""The marker that tells how far the target is behind."""


@dataclass(frozen=True)
class Progress:
    """How one database comes along; `lag` in seconds."""

    state: Following
    percent: int
    lag: float


def start_full_load(migration: Migration) -> dict[str, bool]:
    """Start every load that never ran; a load is started once in its life."""
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise PreconditionFailed(f"the writer is {writer.value}; a load would overwrite what it took")
    started = [replication for replication in migration.settings.replications if _start(migration, replication)]
    if started:
        migration.checkpoints.write(
            "start_full_load", migration.execution, {"replications": [replication.name for replication in started]}
        )
    return {"started": bool(started)}


def _start(migration: Migration, replication: Replication) -> bool:
    if not migration.tasks.state(replication.tasks.load).not_started:
        return False
    migration.tasks.start(replication.tasks.load)
    return True


def replication_status(migration: Migration) -> dict[str, object]:
    """The state of the database that is furthest behind."""
    found = [_progress(migration, entry) for entry in migration.settings.replications]
    state = min((progress.state for progress in found), key=_ORDER.index)
    percent = min(progress.percent for progress in found)
    lag = max(progress.lag for progress in found)
    log.info("replication", state=state, progress=percent, lag_seconds=round(lag, 3))
    log.metric(
        migration.settings.namespace,
        {"ReplicationProgress": percent, "HeartbeatLag": min(round(lag, 3), 86_400.0)},
        Workflow=migration.settings.workflow,
    )
    return {"state": state, "progress": percent, "lag_seconds": min(round(lag, 3), 86_400.0)}


def forward_task(migration: Migration, replication: Replication) -> TaskState:
    """The task that carries rows from source to target: the first one, or the one after a rollback."""
    again = migration.tasks.state(replication.tasks.forward)
    return again if not again.not_started else migration.tasks.state(replication.tasks.load)


def _progress(migration: Migration, replication: Replication) -> Progress:
    task = forward_task(migration, replication)
    if task.not_started or task.status == "starting":
        return Progress("full-load", 0, 0.0)
    if not task.active:
        log.error("task-not-running", task=task.arn, status=task.status, reason=task.stop_reason)
        return Progress("failed", task.progress, 0.0)
    statistics = migration.tasks.statistics(task.arn)
    if statistics.tables_errored:
        log.error("tables-errored", task=task.arn, tables=list(statistics.tables_errored))
        return Progress("failed", task.progress, 0.0)
    if task.arn == replication.tasks.load and (task.progress < 100 or statistics.tables_loading):
        return Progress("full-load", task.progress, 0.0)
    lag = round_trip(migration, replication)
    return Progress("caught-up" if lag <= migration.settings.max_lag else "lagging", 100, lag)


def round_trip(migration: Migration, replication: Replication) -> float:
    """Seconds that a fresh row takes from source to target; when it does not come, how old the last one is."""
    with migration.administer(replication.source) as giver, migration.administer(replication.target) as taker:
        sent = giver.markers.write(HEARTBEAT)
        begun = migration.clock.now()
        deadline = migration.clock.deadline(migration.settings.max_lag + _HEARTBEAT_WAIT)
        if arrives(taker.markers, HEARTBEAT, sent, deadline):
            return (migration.clock.now() - begun).total_seconds()
        written = taker.markers.written_at(HEARTBEAT)
        return float("inf") if written is None else giver.markers.seconds_since(written)
