"""DMS tasks: the refusals and delays of StartReplicationTask, StopReplicationTask and the status, as in the API.

The data plane moves the rows of a task between databases. A task between endpoints without a server only changes its
status.
"""

import json
import time
from typing import Any

from moto.dms.exceptions import (
    InvalidParameterCombinationException,
    InvalidResourceStateFault,
    ResourceNotFoundFault,
)
from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationTask
from moto.dms.responses import DatabaseMigrationServiceResponse

from local_aws.dms_connections import require_successful_tests
from local_aws.dms_data_plane import data_plane
from local_aws.dms_data_plane.endpoints import slot_of
from local_aws.dms_data_plane.table_statistics import COMPLETED, ERROR
from local_aws.dms_data_plane.task_run import STOPPED_BY_USER, TaskRun
from local_aws.dms_faults import faults_of
from local_aws.patching import Method, wrap

_IDLE = ("ready", "stopped", "failed")
_FIRST_START, _RESUME = "start-replication", "resume-processing"
_POSTGRESQL = ("postgres", "aurora-postgresql")


@wrap(FakeReplicationTask, "__init__")
def create_task_as_ready(original: Method, self: Any, *args: Any, **kwargs: Any) -> None:
    """moto leaves a task in `creating`; the provider waits for `ready`."""
    original(self, *args, **kwargs)
    self.run, self.engine, self.deleted_at = TaskRun(), None, None


@wrap(FakeReplicationTask, "to_dict")
def return_status_and_progress(original: Method, self: Any) -> Any:
    """Return the progress of a full load once it has run; a task that only follows has none."""
    run: TaskRun = self.run
    task = {
        **original(self),
        "Status": run.status,
        "StopReason": run.stop_reason,
        **({"LastFailureMessage": run.last_failure} if run.last_failure else {}),
        **({"RecoveryCheckpoint": run.position} if run.position else {}),
    }
    tables = list(run.tables.values())
    loaded, errored = (sum(table.state == state for table in tables) for state in (COMPLETED, ERROR))
    has_loaded = run.status in ("running", "stopping", "stopped")
    statistics = task["ReplicationTaskStats"]
    if self.migration_type == "cdc":
        del statistics["FullLoadProgressPercent"]
    else:
        statistics["FullLoadProgressPercent"] = 100 * loaded // len(tables) if tables else 100 * has_loaded
    statistics.update(TablesErrored=errored, TablesLoaded=loaded)
    return task


@wrap(DatabaseMigrationServiceResponse, "describe_replication_tasks")
def describe_former_status_first(original: Method, self: Any) -> str:
    """Just after a start or a stop DMS still returns the former status (cockroachdb/cockroach#108719)."""
    backend, faults = self.dms_backend, faults_of(self.dms_backend)
    for task in list(backend.replication_tasks.values()):
        if task.deleted_at is not None and time.monotonic() >= task.deleted_at:
            del backend.replication_tasks[task.arn]
    response = json.loads(original(self))
    for description in response["ReplicationTasks"]:
        task = _task(backend, description["ReplicationTaskArn"])
        description["Status"] = task.run.describe()
        if task.engine is None:
            task.run.status = {"starting": "running", "stopping": "stopped"}.get(description["Status"], task.run.status)
        if faults.omits_progress:
            description["ReplicationTaskStats"].pop("FullLoadProgressPercent", None)
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
    start_time = self._get_param("CdcStartTime")
    _require_start_point(backend, task, position, start_time)
    endpoints = (task.source_endpoint_arn, task.target_endpoint_arn)
    require_successful_tests(backend, task.replication_instance_arn, endpoints)
    faults, start_type = faults_of(backend), self._get_param("StartReplicationTaskType")
    task.run.change("starting", faults.stale_descriptions)
    response = json.dumps({"ReplicationTask": task.to_dict()})
    task.run.begin()
    if data_plane.has_database(backend, task) and start_time is not None:
        task.run.fail("the local DMS has no start by CdcStartTime")
    elif data_plane.has_database(backend, task):
        task.engine = data_plane.start(backend, task, faults, start_type, position)
    return response


@wrap(DatabaseMigrationServiceResponse, "stop_replication_task")
def stop_replication_task(original: Method, self: Any) -> str:
    """Stop a task that runs; moto stops it at once."""
    del original
    task = _task(self.dms_backend, self._get_param("ReplicationTaskArn"))
    if task.run.status != "running":
        raise InvalidResourceStateFault(f"Replication Task cannot be stopped, invalid state: {task.run.status}")
    task.run.change("stopping", faults_of(self.dms_backend).stale_descriptions)
    task.run.stop_reason = STOPPED_BY_USER
    response = json.dumps({"ReplicationTask": task.to_dict()})
    if task.engine is not None:
        task.engine.request_stop()
    return response


@wrap(DatabaseMigrationServiceBackend, "delete_replication_task")
def refuse_to_delete_running_task(original: Method, self: Any, replication_task_arn: str) -> Any:
    """DMS deletes a task only while it does not run, and drops the slot that it created."""
    task, faults = _task(self, replication_task_arn), faults_of(self)
    if task.run.status not in _IDLE:
        raise InvalidResourceStateFault(f"Replication Task cannot be deleted, invalid state: {task.run.status}")
    data_plane.drop_own_slot(self, task, faults)
    if faults.delete_seconds:
        task.run.status, task.deleted_at = "deleting", time.monotonic() + faults.delete_seconds
        return task
    return original(self, replication_task_arn)


def _require_start_type(task: Any, start_type: str, position: str | None) -> None:
    """Raise a fault unless the type fits the number of the run.

    Later starts resume or reload, except that a task which only follows may start again from another position.
    """
    if not task.run.runs and start_type != _FIRST_START:
        name = start_type.upper().replace("-", "_")
        raise InvalidParameterCombinationException(f"Start Type : {name}, valid only for tasks that have run before")
    restarts_from_position = task.migration_type == "cdc" and position is not None
    if task.run.runs and start_type == _FIRST_START and not restarts_from_position:
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
    if position is not None and slot_of(source) is None:
        raise InvalidParameterCombinationException(
            f"CdcStartPosition requires the setting slotName of the source endpoint {source.endpoint_identifier}"
        )


def _task(backend: Any, arn: str) -> Any:
    task = backend.replication_tasks.get(arn)
    if task is None:
        raise ResourceNotFoundFault("Replication task could not be found.")
    return task
