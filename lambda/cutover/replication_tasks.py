"""DMS replication tasks: status, start, resumption and stop.

A description lags behind a start or a stop, so that a repeated request may be refused. Start types are those of the
DMS API reference, StartReplicationTask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from common import log
from common.clock import Clock
from common.errors import ReplicationFailed
from migration import dms
from migration.dms import Statistics, TaskState

__all__ = ["ReplicationState", "ReplicationTasks", "Statistics", "TaskState"]

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient
    from mypy_boto3_dms.literals import StartReplicationTaskTypeValueType

_START_SECONDS = 60
_STATISTICS_SECONDS = 60

ReplicationState = Literal["full-load", "lagging", "caught-up", "failed"]


@dataclass(frozen=True)
class ReplicationTasks:
    """The replication tasks of a migration, by ARN."""

    client: "DatabaseMigrationServiceClient"
    clock: Clock

    def state(self, arn: str) -> TaskState:
        """Return the present state of a task."""
        return dms.state(self.client, arn)

    def statistics(self, arn: str) -> Statistics:
        """Return the sums of a task's table statistics."""
        return dms.statistics(self.client, arn)

    def await_statistics(self, arn: str) -> Statistics:
        """Return the sums of a running task's table statistics once it has any; raise `ReplicationFailed` if not."""
        found: list[Statistics] = []

        def are_available() -> bool:
            found.append(self.statistics(arn))
            return found[-1].tables > 0

        late = ReplicationFailed(f"the replication task {arn} has no table statistics after {_STATISTICS_SECONDS} s")
        self.clock.deadline(_STATISTICS_SECONDS).poll(are_available, late, pause=1)
        return found[-1]

    def start(self, arn: str, position: str | None = None) -> None:
        """Start a task, at `position` if given: an LSN of the endpoint's slot, or a binary log position."""
        log.info("task-started", task=arn, position=position or "")
        if position is None:
            self._start(arn, lambda: self._request_start(arn, "start-replication"))
        else:
            self._start(arn, lambda: self._request_start_at(arn, position))

    def resume(self, arn: str) -> None:
        """Resume a stopped task, whose slot must still exist."""
        log.info("task-resumed", task=arn)
        self._start(arn, lambda: self._request_start(arn, "resume-processing"))

    def await_running(self, arn: str, timeout_seconds: float) -> None:
        """Wait until a task replicates; raise `ReplicationFailed` if it ends, or after the timeout."""

        def is_running() -> bool:
            state = self.state(arn)
            if not state.active:
                raise _ended(state)
            return state.status == "running"

        late = ReplicationFailed(f"the replication task {arn} did not run within {timeout_seconds:g} s")
        self.clock.deadline(timeout_seconds).poll(is_running, late, pause=1)

    def request_stop(self, arn: str) -> None:
        """Request that a running task stops, without a wait: DMS takes up to several minutes."""
        if not self.state(arn).active:
            return
        log.info("task-stop-requested", task=arn)
        try:
            self.client.stop_replication_task(ReplicationTaskArn=arn)
        except self.client.exceptions.InvalidResourceStateFault as fault:
            # It is stopping already, or still starting. `await_stopped` repeats the request.
            log.info("task-not-stopped", task=arn, cause=str(fault))

    def await_stopped(self, arn: str, timeout_seconds: float) -> None:
        """Stop a task and wait for it; raise `ReplicationFailed` after the timeout."""

        def is_stopped() -> bool:
            self.request_stop(arn)
            return self.state(arn).stopped

        late = ReplicationFailed(f"the replication task {arn} did not stop within {timeout_seconds:g} s")
        self.clock.deadline(timeout_seconds).poll(is_stopped, late, pause=1)

    def _start(self, arn: str, request: Callable[[], object]) -> None:
        """Start a task and wait until its description shows it: until then it would be started again.

        Raise `ReplicationFailed` also if it ends before that.
        """
        before, refusal = self.state(arn), ""

        def is_active() -> bool:
            state = self.state(arn)
            if not state.active and state.status not in {before.status, "ready"}:
                raise _ended(state)
            return state.active

        try:
            request()
        except self.client.exceptions.InvalidResourceStateFault as fault:
            # An earlier attempt of this step may have started it.
            refusal = f": {fault}"
        late = ReplicationFailed(f"the replication task {arn} did not start within {_START_SECONDS} s{refusal}")
        self.clock.deadline(_START_SECONDS).poll(is_active, late, pause=1)

    def _request_start(self, arn: str, start_type: "StartReplicationTaskTypeValueType") -> None:
        self.client.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType=start_type)

    def _request_start_at(self, arn: str, position: str) -> None:
        self.client.start_replication_task(
            ReplicationTaskArn=arn, StartReplicationTaskType="start-replication", CdcStartPosition=position
        )


def _ended(state: TaskState) -> ReplicationFailed:
    return ReplicationFailed(f"the replication task {state.arn} is {state.status}: {state.stop_reason}")
