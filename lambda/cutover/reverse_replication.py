"""Reverse replication after the cutover, on which the lossless rollback depends."""

from contextlib import suppress

from common.errors import ReplicationFailed
from cutover import low_watermark
from cutover.direction import FORWARD
from cutover.markers import wait_for_marker
from cutover.migration import Migration
from migration.replication import Replication

MAX_LAG_SECONDS = 10.0
"""The longest lag of the reverse task with which a rollback begins."""

_START_SECONDS = 300
_FIRST_MARKER_SECONDS = 60.0
_PROBE = "probe-reverse"


def require_started(migration: Migration) -> None:
    """Wait until every reverse task runs and has applied a row; raise `ReplicationFailed` if one does not."""
    for replication in migration.settings.replications:
        migration.tasks.await_running(replication.tasks.reverse, _START_SECONDS)
        _require(migration, replication, _FIRST_MARKER_SECONDS)


def require_caught_up(migration: Migration) -> None:
    """Raise `ReplicationFailed` unless every reverse task replicates with at most `MAX_LAG_SECONDS`."""
    for replication in migration.settings.replications:
        _require(migration, replication, MAX_LAG_SECONDS)


def await_starting(migration: Migration) -> None:
    """Wait for the reverse tasks that are starting; `blocker` reports those that do not run afterwards."""
    for replication in migration.settings.replications:
        task = replication.tasks.reverse
        if migration.tasks.state(task).status == "starting":
            with suppress(ReplicationFailed):
                migration.tasks.await_running(task, _START_SECONDS)


def blocker(migration: Migration, replication: Replication, max_lag_seconds: float) -> str | None:
    """Return the reason why a rollback by reverse replication would lose data, or None."""
    name, task = replication.name, replication.tasks.reverse
    state = migration.tasks.state(task)
    if state.status != "running":
        return f"the reverse task of {name} is {state.status}"
    if migration.tasks.statistics(task).tables_errored:
        return f"the reverse task of {name} has tables in error"
    with migration.admin_session(replication.source) as source, migration.admin_session(replication.target) as target:
        failed = source.schema.apply_errors()
        if failed:
            return f"the reverse task of {name} could not apply {failed} changes"
        probe = target.markers.write(_PROBE)
        if not wait_for_marker(source.markers, probe, migration.clock.deadline(max_lag_seconds)):
            return f"the source of {name} lags by more than {max_lag_seconds:g} s"
        return low_watermark.blocker(migration, FORWARD, replication, source)


def _require(migration: Migration, replication: Replication, max_lag_seconds: float) -> None:
    found = blocker(migration, replication, max_lag_seconds)
    if found is not None:
        raise ReplicationFailed(found)
