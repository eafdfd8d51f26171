"""Replication tasks of the local DMS that replicate between real databases."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from moto.dms.models import dms_backends

from common import clients
from local_aws.dms_tasks import TaskRun

if TYPE_CHECKING:
    from mypy_boto3_dms.literals import MigrationTypeValueType, ReplicationEndpointTypeValueType
    from mypy_boto3_dms.type_defs import ConnectionTypeDef

_ACCOUNT, _REGION = "123456789012", "us-east-1"
_RECORDED = ("StartReplicationTask", "StopReplicationTask", "TestConnection")


class Database(Protocol):
    """A database as a DMS endpoint."""

    def log_in(self) -> None:
        """Open and close a session; raise an error if the server refuses it."""


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
    """A replication task. `slot` is the `slotName` of its source endpoint; a full load records its own start.

    Implements `local_aws.dms_tasks.Runner`.
    """

    arn: str
    kind: str
    create_replicator: "Callable[[], Replicator]"
    run: TaskRun
    slot: str | None = None
    replicator: "Replicator | None" = None
    start_position: str | None = None
    stop_seconds: float = 0.2

    @property
    def status(self) -> str:
        """Return the status without the delay of its description."""
        return self.run.status

    @status.setter
    def status(self, status: str) -> None:
        self.run.status = status

    @property
    def stop_reason(self) -> str:
        """Return the reason of the last stop."""
        return self.run.stop_reason

    def set_statistics(self, **fields: int | str) -> None:
        """Set fields of DescribeTableStatistics on every table, such as `ValidationFailedRecords=1`."""
        for table in self.run.tables:
            table.update(fields)

    def set_table_error(self, name: str) -> None:
        """Set the state of a table to `Table error`."""
        for table in self.run.tables:
            if table["TableName"] == name:
                table["TableState"] = "Table error"

    def start(self, run: TaskRun, position: str | None) -> None:
        """Replicate in a thread, from `position` if given."""
        self.replicator = self.create_replicator()
        threading.Thread(target=self._replicate, args=(run, self.replicator, position), daemon=True).start()

    def stop(self, run: TaskRun) -> None:
        """Stop after `stop_seconds`."""
        threading.Timer(self.stop_seconds, self._finish_stop, [run]).start()

    def pause(self) -> None:
        """Stop applying changes, as when the network is slow."""
        assert self.replicator is not None
        self.replicator.applying.clear()

    def fail(self) -> None:
        """Fail permanently, as after an error that DMS cannot recover from."""
        assert self.replicator is not None
        self.start_position = self.replicator.stop() or self.start_position
        self.run.status, self.run.stop_reason = "failed", "Stop Reason FATAL_ERROR"

    def resume(self) -> None:
        """Apply the changes that arrived during `pause`."""
        assert self.replicator is not None
        self.replicator.applying.set()

    def _replicate(self, run: TaskRun, replicator: Replicator, position: str | None) -> None:
        try:
            if self.kind == "full-load-and-cdc" and self.start_position is None:
                self.start_position = replicator.copy_tables()
            start = self.slot or self.start_position or ""
            replicator.replicate(start, position, lambda error: self._on_end(run, replicator, error))
            run.status = "running"
        except Exception as error:
            self._on_end(run, replicator, f"{type(error).__name__}: {error}")

    def _on_end(self, run: TaskRun, replicator: Replicator, error: str | None) -> None:
        if error is not None and self.replicator is replicator:
            self.start_position = replicator.stop() or self.start_position
            run.status, run.stop_reason = "failed", f"Stop Reason FATAL_ERROR {error}"

    def _finish_stop(self, run: TaskRun) -> None:
        if self.replicator is not None:
            self.start_position = self.replicator.stop() or self.start_position
        run.status = "stopped"


@dataclass
class ReplicationService:
    """A replication instance with its endpoints and tasks; the fixture `aws` must be active."""

    name: str
    tasks: dict[str, Task] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Every call that starts or stops a task or tests a connection, in order, with its arguments."""

    def __post_init__(self) -> None:
        self._instance = clients.dms().create_replication_instance(
            ReplicationInstanceIdentifier=self.name, ReplicationInstanceClass="dms.t3.medium"
        )["ReplicationInstance"]["ReplicationInstanceArn"]
        for operation in _RECORDED:
            event = f"provide-client-params.database-migration-service.{operation}"
            clients.dms().meta.events.register(event, self._record)

    def add_endpoint(
        self,
        token: str,
        kind: "ReplicationEndpointTypeValueType",
        engine: str,
        database: Database | None = None,
        slot: str | None = None,
    ) -> str:
        """Create an endpoint, whose connection test logs in to `database`; return its ARN."""
        settings: Any = {"PostgreSQLSettings": {"SlotName": slot}} if slot else {}
        identifier = f"{token}-{self.name}"
        arn = clients.dms().create_endpoint(
            EndpointIdentifier=identifier, EndpointType=kind, EngineName=engine, **settings
        )["Endpoint"]["EndpointArn"]
        if database is not None:
            endpoint: Any = dms_backends[_ACCOUNT][_REGION].endpoints[identifier]
            endpoint.connection_test = lambda: _login_failure(database)
        return arn

    def add_task(
        self,
        token: str,
        kind: "MigrationTypeValueType",
        endpoints: tuple[str, str],
        create_replicator: "Callable[[], Replicator]",
        slot: str | None = None,
    ) -> Task:
        """Create a task in the state `ready`, as Terraform does; `endpoints` are its source and its target."""
        arn = clients.dms().create_replication_task(
            ReplicationTaskIdentifier=f"{self.name}-{token}",
            SourceEndpointArn=endpoints[0],
            TargetEndpointArn=endpoints[1],
            ReplicationInstanceArn=self._instance,
            MigrationType=kind,
            TableMappings="{}",
        )["ReplicationTask"]["ReplicationTaskArn"]
        stored: Any = dms_backends[_ACCOUNT][_REGION].replication_tasks[arn]
        run: TaskRun = stored.run
        run.tables = [
            {"SchemaName": "public", "TableName": table, "TableState": "Table completed"}
            for table in ("payments", "refunds")
        ]
        self.tasks[arn] = run.runner = Task(arn, kind, create_replicator, run, slot)
        return self.tasks[arn]

    def connections(self) -> "list[ConnectionTypeDef]":
        """Return the latest connection tests."""
        return clients.dms().describe_connections()["Connections"]

    def break_connection(self, token: str) -> None:
        """Let all further connection tests of an endpoint fail."""
        endpoint: Any = dms_backends[_ACCOUNT][_REGION].endpoints[f"{token}-{self.name}"]
        endpoint.connection_test = lambda: "no route to host"

    def close(self) -> None:
        """Stop the threads of all tasks."""
        for task in self.tasks.values():
            if task.replicator is not None:
                task.replicator.stop()

    def task_calls(self) -> list[tuple[str, str]]:
        """Return the calls that start or stop a task, in order: ARN and operation."""
        return [(call["ReplicationTaskArn"], name) for name, call in self.calls if "ReplicationTaskArn" in call]

    def _record(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, params))


def _login_failure(database: Database) -> str | None:
    try:
        database.log_in()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
