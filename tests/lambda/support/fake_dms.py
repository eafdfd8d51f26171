"""An in-process Database Migration Service (DMS) whose tasks replicate between real databases.

`attach(client)` responds to the calls of a boto3 `dms` client before they are sent, so botocore still validates
requests and parses responses. It implements only the operations that the functions call.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient

_IDLE = ("ready", "stopped", "failed")


class Replicator(Protocol):
    """Copies rows from one database to another until it is stopped."""

    applying: threading.Event
    """Set while changes are applied; cleared by `Task.pause`."""

    def copy_tables(self) -> str:
        """Copy every table and return the position from which `replicate` applies later changes."""

    def replicate(self, start: str, position: str | None, on_end: Callable[[str | None], None]) -> None:
        """Apply the changes after `position` or `start` in a thread; call `on_end` with the error, if any."""

    def stop(self) -> str | None:
        """Stop the thread and return the position to resume from, or None if the server stores it."""


@dataclass
class Task:
    """A replication task. `slot` is the `slotName` of its source endpoint; a full load records its own start."""

    arn: str
    kind: str
    create_replicator: "Callable[[], Replicator]"
    slot: str | None = None
    status: str = "ready"
    stop_reason: str = ""
    replicator: "Replicator | None" = None
    start: str | None = None
    stop_seconds: float = 0.2
    validation: dict[str, int] = field(default_factory=dict)
    """Fields added to DescribeTableStatistics, such as `{"ValidationFailedRecords": 1}`."""
    tables_in_error: tuple[str, ...] = ()

    def pause(self) -> None:
        """Stop applying changes, as when the network is slow."""
        assert self.replicator is not None
        self.replicator.applying.clear()

    def fail(self) -> None:
        """Fail permanently, as after an error that DMS cannot recover from."""
        assert self.replicator is not None
        self.replicator.stop()
        self.status, self.stop_reason = "failed", "Stop Reason FATAL_ERROR"

    def resume(self) -> None:
        """Apply the changes that arrived during `pause`."""
        assert self.replicator is not None
        self.replicator.applying.set()


class ServiceError(Exception):
    """An error response; its text is the error code of the API."""


class FakeDms:
    """The replication tasks of one account, by ARN."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Every StartReplicationTask and StopReplicationTask call, in order, with its arguments."""
        self._lock = threading.RLock()

    def add(self, task: Task) -> Task:
        """Register a task in the state `ready`, as Terraform creates it."""
        self.tasks[task.arn] = task
        return task

    def attach(self, client: "DatabaseMigrationServiceClient") -> None:
        """Respond to all further calls of `client`."""
        events = cast("Any", client.meta.events)  # the stub has no type for a handler that returns a response
        events.register_first("before-send.database-migration-service", self._respond)

    def close(self) -> None:
        """Stop the threads of all tasks."""
        for task in self.tasks.values():
            if task.replicator is not None:
                task.replicator.stop()

    def _respond(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        operation = cast("bytes", request.headers["X-Amz-Target"]).decode().split(".")[-1]
        body: dict[str, Any] = json.loads(cast("bytes", request.body) or b"{}")
        try:
            with self._lock:
                return _response(request, HTTPStatus.OK, self._dispatch(operation, body))
        except ServiceError as error:
            return _response(request, HTTPStatus.BAD_REQUEST, {"__type": str(error), "message": str(error)})

    def _dispatch(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "DescribeReplicationTasks":
                wanted = [value for each in body.get("Filters", []) for value in each["Values"]]
                return {"ReplicationTasks": [_described(self.tasks[arn]) for arn in wanted if arn in self.tasks]}
            case "DescribeTableStatistics":
                return {"TableStatistics": list(_statistics(self._task(body)))}
            case "StartReplicationTask":
                self.calls.append((operation, body))
                return {"ReplicationTask": _described(self._start(self._task(body), body))}
            case "StopReplicationTask":
                self.calls.append((operation, body))
                return {"ReplicationTask": _described(self._stop(self._task(body)))}
            case _:
                raise ServiceError("InvalidAction")

    def _task(self, body: dict[str, Any]) -> Task:
        task = self.tasks.get(body["ReplicationTaskArn"])
        if task is None:
            raise ServiceError("ResourceNotFoundFault")
        return task

    def _start(self, task: Task, body: dict[str, Any]) -> Task:
        kind, position = body["StartReplicationTaskType"], body.get("CdcStartPosition")
        if task.status not in _IDLE:
            raise ServiceError("InvalidResourceStateFault")
        if kind == "resume-processing" and task.status == "ready":
            raise ServiceError("InvalidParameterCombinationException")
        if task.kind == "full-load-and-cdc" and kind == "start-replication" and task.status != "ready":
            raise ServiceError("InvalidParameterCombinationException")
        task.status = "starting"
        task.replicator = task.create_replicator()
        threading.Thread(target=self._run, args=(task, task.replicator, position), daemon=True).start()
        return task

    def _run(self, task: Task, replicator: Replicator, position: str | None) -> None:
        try:
            if task.kind == "full-load-and-cdc" and task.start is None:
                task.start = replicator.copy_tables()
            start = task.slot or task.start or ""
            replicator.replicate(start, position, lambda error: self._on_end(task, replicator, error))
            task.status = "running"
        except Exception as error:
            self._on_end(task, replicator, f"{type(error).__name__}: {error}")

    def _on_end(self, task: Task, replicator: Replicator, error: str | None) -> None:
        if error is not None and task.replicator is replicator:
            task.status, task.stop_reason = "failed", f"Stop Reason FATAL_ERROR {error}"

    def _stop(self, task: Task) -> Task:
        if task.status not in ("running", "starting"):
            raise ServiceError("InvalidResourceStateFault")
        task.status = "stopping"
        threading.Timer(task.stop_seconds, self._finish_stop, [task]).start()
        return task

    def _finish_stop(self, task: Task) -> None:
        if task.replicator is not None:
            task.start = task.replicator.stop() or task.start
        task.status, task.stop_reason = "stopped", "Stop Reason STOPPED_BY_USER"


def _described(task: Task) -> dict[str, Any]:
    loaded = task.status in ("running", "stopping", "stopped")
    return {
        "ReplicationTaskArn": task.arn,
        "MigrationType": task.kind,
        "Status": task.status,
        "StopReason": task.stop_reason,
        "ReplicationTaskStats": {
            "FullLoadProgressPercent": 100 if loaded else 0,
            "TablesErrored": len(task.tables_in_error),
        },
    }


def _statistics(task: Task) -> Iterator[dict[str, Any]]:
    for table in ("payments", "refunds"):
        state = "Table error" if table in task.tables_in_error else "Table completed"
        yield {"SchemaName": "public", "TableName": table, "TableState": state, **task.validation}


class _RawBody:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._body


def _response(request: AWSPreparedRequest, status: HTTPStatus, body: dict[str, Any]) -> AWSResponse:
    headers = HTTPHeaders()
    headers["Content-Type"] = "application/x-amz-json-1.1"
    return AWSResponse(request.url, int(status), headers, _RawBody(json.dumps(body).encode()))
