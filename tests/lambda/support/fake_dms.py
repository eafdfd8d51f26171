"""A Database Migration Service whose tasks really replicate, behind boto3's own `dms` client.

`attach(client)` answers the client's calls before they are sent, so botocore still checks what goes in and
parses what comes out. Only what the programs ask for is answered, in the shapes of the API reference.
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

_RESTS = ("ready", "stopped", "failed")


class Replicator(Protocol):
    """Carries rows from one database to the other until it is stopped."""

    open: threading.Event
    """Cleared by a test to let changes pile up."""

    def copy_tables(self) -> str:
        """Copy every table; the place from which `replicate` brings what changed meanwhile."""

    def replicate(self, place: str, position: str | None, ended: Callable[[str | None], None]) -> None:
        """Apply what changed since `position`, or `place`, in the background; `ended` hears how it ended."""

    def stop(self) -> str | None:
        """End the background work and wait for it; the place to go on from, where the server does not know it."""


@dataclass
class Task:
    """A replication task. `slot` is what its source endpoint names (`slotName`); a load makes its own place."""

    arn: str
    kind: str
    create_replicator: "Callable[[], Replicator]"
    slot: str | None = None
    status: str = "ready"
    stop_reason: str = ""
    replicator: "Replicator | None" = None
    place: str | None = None
    stop_seconds: float = 0.2
    validation: dict[str, int] = field(default_factory=dict)
    """What DescribeTableStatistics reports, such as `{"ValidationFailedRecords": 1}`."""
    tables_in_error: tuple[str, ...] = ()

    def pause(self) -> None:
        """Let changes pile up, as when the network is slow."""
        assert self.replicator is not None
        self.replicator.open.clear()

    def fail(self) -> None:
        """Stop for good, as after an error that DMS cannot recover from."""
        assert self.replicator is not None
        self.replicator.stop()
        self.status, self.stop_reason = "failed", "Stop Reason FATAL_ERROR"

    def resume(self) -> None:
        """Apply what piled up."""
        assert self.replicator is not None
        self.replicator.open.set()


class ServiceError(Exception):
    """An error in the service's own words."""


class FakeDms:
    """The tasks of one account by their ARNs."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Every start and stop, in order, with its arguments."""
        self._lock = threading.RLock()

    def add(self, task: Task) -> Task:
        """Make a task known, as Terraform would: ready, not started."""
        self.tasks[task.arn] = task
        return task

    def attach(self, client: "DatabaseMigrationServiceClient") -> None:
        """Answer `client`'s calls from here on."""
        events = cast("Any", client.meta.events)  # its stub knows no handler that answers
        events.register_first("before-send.database-migration-service", self._answer)

    def close(self) -> None:
        """Stop every task's thread."""
        for task in self.tasks.values():
            if task.replicator is not None:
                task.replicator.stop()

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        operation = cast("bytes", request.headers["X-Amz-Target"]).decode().split(".")[-1]
        body: dict[str, Any] = json.loads(cast("bytes", request.body) or b"{}")
        try:
            with self._lock:
                return _response(request, HTTPStatus.OK, self._do(operation, body))
        except ServiceError as error:
            return _response(request, HTTPStatus.BAD_REQUEST, {"__type": str(error), "message": str(error)})

    def _do(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
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
        if task.status not in _RESTS:
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
            if task.kind == "full-load-and-cdc" and task.place is None:
                task.place = replicator.copy_tables()
            place = task.slot or task.place or ""
            replicator.replicate(place, position, lambda error: self._ended(task, replicator, error))
            task.status = "running"
        except Exception as fault:
            self._ended(task, replicator, f"{type(fault).__name__}: {fault}")

    def _ended(self, task: Task, replicator: Replicator, error: str | None) -> None:
        if error is not None and task.replicator is replicator:
            task.status, task.stop_reason = "failed", f"Stop Reason FATAL_ERROR {error}"

    def _stop(self, task: Task) -> Task:
        if task.status not in ("running", "starting"):
            raise ServiceError("InvalidResourceStateFault")
        task.status = "stopping"
        threading.Timer(task.stop_seconds, self._rest, [task]).start()
        return task

    def _rest(self, task: Task) -> None:
        if task.replicator is not None:
            task.place = task.replicator.stop() or task.place
        task.status, task.stop_reason = "stopped", "Stop Reason STOPPED_BY_USER"


def _described(task: Task) -> dict[str, Any]:
    done = task.status in ("running", "stopping", "stopped")
    return {
        "ReplicationTaskArn": task.arn,
        "MigrationType": task.kind,
        "Status": task.status,
        "StopReason": task.stop_reason,
        "ReplicationTaskStats": {
            "FullLoadProgressPercent": 100 if done else 0,
            "TablesErrored": len(task.tables_in_error),
        },
    }


def _statistics(task: Task) -> Iterator[dict[str, Any]]:
    for table in ("payments", "refunds"):
        state = "Table error" if table in task.tables_in_error else "Table completed"
        yield {"SchemaName": "public", "TableName": table, "TableState": state, **task.validation}


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._body


def _response(request: AWSPreparedRequest, status: HTTPStatus, body: dict[str, Any]) -> AWSResponse:
    headers = HTTPHeaders()
    headers["Content-Type"] = "application/x-amz-json-1.1"
    return AWSResponse(request.url, int(status), headers, _Raw(json.dumps(body).encode()))
