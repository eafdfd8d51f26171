"""DMS tasks: the refusals and delays of StartReplicationTask, StopReplicationTask and the status, as in the API.

A `Runner` that is attached to a task moves its rows. A task without one only changes its status.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from moto.dms.exceptions import (
    InvalidParameterCombinationException,
    InvalidResourceStateFault,
    ResourceNotFoundFault,
)
from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationTask
from moto.dms.responses import DatabaseMigrationServiceResponse

from local_aws.dms_connections import require_successful_tests
from local_aws.patching import Method, wrap

STALE_DESCRIPTIONS = 1
"""DescribeReplicationTasks returns the former status this many times after a start or stop."""

_IDLE = ("ready", "stopped", "failed")
_FIRST_START, _RESUME = "start-replication", "resume-processing"
_POSTGRESQL = ("postgres", "aurora-postgresql")


class Runner(Protocol):
    """Moves the rows of a task in the background."""

    def start(self, run: "TaskRun", position: str | None) -> None:
        """Begin to replicate; end by setting `run.status` to `running` or `failed`."""

    def stop(self, run: "TaskRun") -> None:
        """Begin to stop; end by setting `run.status` to `stopped`."""


@dataclass
class TaskRun:
    """The progress of a task, which its descriptions show with a delay."""

    status: str = "ready"
    stop_reason: str = ""
    has_run: bool = False
    runner: Runner | None = None
    tables: list[dict[str, Any]] = field(default_factory=list)
    """Rows of DescribeTableStatistics."""
    has_statistics: bool = False
    _described_status: str = "ready"
    _stale_descriptions: int = 0

    def change(self, status: str) -> None:
        """Begin a transition, which the next descriptions do not show yet."""
        self._stale_descriptions = STALE_DESCRIPTIONS
        self._described_status = self.status
        self.status = status

    def describe(self) -> str:
        """Return the status of the next description."""
        if self._stale_descriptions:
            self._stale_descriptions -= 1
            return self._described_status
        described = self.status
        if self.runner is None:
            self.status = {"starting": "running", "stopping": "stopped"}.get(described, described)
        return described


@wrap(FakeReplicationTask, "__init__")
def create_task_as_ready(original: Method, self: Any, *args: Any, **kwargs: Any) -> None:
    """moto leaves a task in `creating`; the provider waits for `ready`."""
    original(self, *args, **kwargs)
    self.run = TaskRun()


@wrap(FakeReplicationTask, "to_dict")
def return_status_and_progress(original: Method, self: Any) -> Any:
    """Return the progress of a full load once it has run; a task that only follows has none."""
    task = {**original(self), "Status": self.run.status, "StopReason": self.run.stop_reason}
    loaded = self.run.status in ("running", "stopping", "stopped")
    statistics = task["ReplicationTaskStats"]
    if self.migration_type == "cdc":
        del statistics["FullLoadProgressPercent"]
    else:
        statistics["FullLoadProgressPercent"] = 100 if loaded else 0
    errored = sum(table.get("TableState") == "Table error" for table in self.run.tables)
    statistics.update(TablesErrored=errored, TablesLoaded=len(self.run.tables) - errored if loaded else 0)
    return task


@wrap(DatabaseMigrationServiceResponse, "describe_replication_tasks")
def describe_former_status_first(original: Method, self: Any) -> str:
    """Just after a start or a stop DMS still returns the former status (cockroachdb/cockroach#108719)."""
    response = json.loads(original(self))
    for task in response["ReplicationTasks"]:
        task["Status"] = _run(self.dms_backend, task["ReplicationTaskArn"]).describe()
    return json.dumps(response)


@wrap(DatabaseMigrationServiceResponse, "start_replication_task")
def start_replication_task(original: Method, self: Any) -> str:
    """Start a task if the API would (API reference, StartReplicationTask); moto starts any."""
    del original
    backend = self.dms_backend
    task = _task(backend, self._get_param("ReplicationTaskArn"))
    position = self._get_param("CdcStartPosition")
    if task.run.status not in _IDLE:
        raise InvalidResourceStateFault(f"Replication Task cannot be started, invalid state: {task.run.status}")
    _require_start_type(task, self._get_param("StartReplicationTaskType"), position)
    _require_start_point(backend, task, position, self._get_param("CdcStartTime"))
    endpoints = (task.source_endpoint_arn, task.target_endpoint_arn)
    require_successful_tests(backend, task.replication_instance_arn, endpoints)
    task.run.change("starting")
    task.run.has_run, task.run.has_statistics, task.run.stop_reason = True, False, ""
    response = json.dumps({"ReplicationTask": task.to_dict()})
    if task.run.runner is not None:
        task.run.runner.start(task.run, position)
    return response


@wrap(DatabaseMigrationServiceResponse, "stop_replication_task")
def stop_replication_task(original: Method, self: Any) -> str:
    """Stop a task that runs; moto stops it at once."""
    del original
    task = _task(self.dms_backend, self._get_param("ReplicationTaskArn"))
    if task.run.status != "running":
        raise InvalidResourceStateFault(f"Replication Task cannot be stopped, invalid state: {task.run.status}")
    task.run.change("stopping")
    task.run.stop_reason = "Stop Reason STOPPED_BY_USER"
    response = json.dumps({"ReplicationTask": task.to_dict()})
    if task.run.runner is not None:
        task.run.runner.stop(task.run)
    return response


@wrap(DatabaseMigrationServiceBackend, "delete_replication_task")
def refuse_to_delete_running_task(original: Method, self: Any, replication_task_arn: str) -> Any:
    """DMS deletes a task only while it does not run."""
    run = _run(self, replication_task_arn)
    if run.status not in _IDLE:
        raise InvalidResourceStateFault(f"Replication Task cannot be deleted, invalid state: {run.status}")
    return original(self, replication_task_arn)


def _require_start_type(task: Any, start_type: str, position: str | None) -> None:
    """Raise a fault unless the type fits the number of the run.

    Later starts resume or reload, except that a task which only follows may start again from another position.
    """
    if not task.run.has_run and start_type != _FIRST_START:
        name = start_type.upper().replace("-", "_")
        raise InvalidParameterCombinationException(f"Start Type : {name}, valid only for tasks that have run before")
    restarts_from_position = task.migration_type == "cdc" and position is not None
    if task.run.has_run and start_type == _FIRST_START and not restarts_from_position:
        raise InvalidParameterCombinationException(
            "Start Type : START_REPLICATION, valid only for tasks running for the first time"
        )
    if start_type == _RESUME and position is not None:
        raise InvalidParameterCombinationException("CdcStartPosition requires the start type start-replication")


def _require_start_point(backend: Any, task: Any, position: str | None, time: object) -> None:
    """Raise a fault for a start point that the source does not offer."""
    if position is not None and time is not None:
        raise InvalidParameterCombinationException("Use either CdcStartPosition or CdcStartTime, not both")
    source = next(each for each in backend.endpoints.values() if each.endpoint_arn == task.source_endpoint_arn)
    if source.engine_name not in _POSTGRESQL:
        return
    if time is not None:
        raise InvalidParameterCombinationException("CdcStartTime is not supported by a PostgreSQL source")
    if position is not None and not _has_slot(source):
        raise InvalidParameterCombinationException(
            f"CdcStartPosition requires the setting slotName of the source endpoint {source.endpoint_identifier}"
        )


def _has_slot(endpoint: Any) -> bool:
    settings = endpoint.postgre_sql_settings or {}
    attributes = endpoint.extra_connection_attributes or ""
    return bool(settings.get("SlotName")) or re.search(r"(^|;)\s*slotName=\S", attributes) is not None


def _task(backend: Any, arn: str) -> Any:
    task = backend.replication_tasks.get(arn)
    if task is None:
        raise ResourceNotFoundFault("Replication task could not be found.")
    return task


def _run(backend: Any, arn: str) -> TaskRun:
    run: TaskRun = _task(backend, arn).run
    return run
