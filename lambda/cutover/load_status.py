"""The full load and the replication lag until the cutover."""

from dataclasses import dataclass

from common import log
from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover.markers import wait_for_marker
from cutover.migration import Migration
from cutover.replication_tasks import ReplicationState, TaskState
from migration.replication import Replication

HEARTBEAT = "heartbeat"
"""The purpose of the markers that measure the replication lag."""

FULL_LOAD_STEP = "start_full_load"

_WORST_FIRST: tuple[ReplicationState, ...] = ("failed", "full-load", "lagging", "caught-up")
_HEARTBEAT_WAIT_SECONDS = 10.0
_MAX_REPORTED_LAG_SECONDS = 86_400.0


@dataclass(frozen=True)
class Progress:
    """The progress of one replication."""

    state: ReplicationState
    percent: int
    lag_seconds: float


def start_full_load(migration: Migration) -> dict[str, bool]:
    """Start every full load that has not been started yet; a full load runs once."""
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise PreconditionFailed(f"the writer is {writer.value}; a full load would overwrite its writes")
    started = [
        replication
        for replication in migration.settings.replications
        if migration.tasks.state(replication.tasks.load).not_started
    ]
    if started:
        migration.parameters.record_replication()
        for replication in started:
            migration.tasks.start(replication.tasks.load)
        facts = {"replications": [replication.name for replication in started]}
        migration.checkpoints.write(FULL_LOAD_STEP, migration.execution, facts)
    return {"started": bool(started)}


def replication_status(migration: Migration) -> dict[str, object]:
    """Return the worst state, the lowest progress and the longest lag of all replications."""
    found = [_progress(migration, replication) for replication in migration.settings.replications]
    state = min((progress.state for progress in found), key=_WORST_FIRST.index)
    percent = min(progress.percent for progress in found)
    lag = max(progress.lag_seconds for progress in found)
    log.info("replication", state=state, progress=percent, lag_seconds=round(lag, 3))
    reported_lag = min(round(lag, 3), _MAX_REPORTED_LAG_SECONDS)
    log.metric(
        migration.settings.namespace,
        {"ReplicationProgress": percent, "HeartbeatLag": reported_lag},
        Workflow=migration.settings.migration_name,
    )
    return {"state": state, "progress": percent, "lag_seconds": reported_lag}


def active_forward_task(migration: Migration, replication: Replication) -> TaskState:
    """Return the task that replicates to the target: the full-load task, or after a rollback the forward task."""
    forward = migration.tasks.state(replication.tasks.forward)
    return forward if not forward.not_started else migration.tasks.state(replication.tasks.load)


def heartbeat_lag(migration: Migration, replication: Replication) -> float:
    """Return the seconds until the target has applied a new heartbeat, or the age of the last one that it applied."""
    with migration.admin_session(replication.source) as source, migration.admin_session(replication.target) as target:
        heartbeat = source.markers.write(HEARTBEAT)
        started = migration.clock.now()
        deadline = migration.clock.deadline(migration.settings.max_lag_seconds + _HEARTBEAT_WAIT_SECONDS)
        if wait_for_marker(target.markers, heartbeat, deadline):
            return (migration.clock.now() - started).total_seconds()
        written_at = target.markers.last_written_at(HEARTBEAT)
        return float("inf") if written_at is None else source.markers.seconds_since(written_at)


def _progress(migration: Migration, replication: Replication) -> Progress:
    task = active_forward_task(migration, replication)
    if task.not_started or task.status == "starting":
        return Progress("full-load", 0, 0.0)
    if not task.active:
        log.error("task-not-running", task=task.arn, status=task.status, reason=task.stop_reason)
        return Progress("failed", task.progress, 0.0)
    statistics = migration.tasks.statistics(task.arn)
    if statistics.tables_errored:
        log.error("tables-errored", task=task.arn, tables=list(statistics.tables_errored))
        return Progress("failed", task.progress, 0.0)
    # The progress in percent may be missing or stuck; the states of the tables may be missing at first.
    if task.arn == replication.tasks.load and (statistics.tables == 0 or statistics.tables_loading):
        return Progress("full-load", task.progress, 0.0)
    lag = heartbeat_lag(migration, replication)
    return Progress("caught-up" if lag <= migration.settings.max_lag_seconds else "lagging", 100, lag)
