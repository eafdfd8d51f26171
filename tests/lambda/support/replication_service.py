"""Replication tasks of the local DMS between test databases, as a stack file emits them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.dms.models import dms_backends

from common import clients
from local_aws.dms_data_plane.changes import TableName
from local_aws.dms_data_plane.data_plane import resource_id
from local_aws.dms_data_plane.faults import Faults
from local_aws.dms_data_plane.table_statistics import COMPLETED, ERROR, TableStatistics
from local_aws.dms_data_plane.task_engine import TaskEngine
from local_aws.dms_data_plane.task_run import TaskRun
from local_aws.dms_faults import faults_of
from support.emitted_replication import EmittedReplication

if TYPE_CHECKING:
    from mypy_boto3_dms.type_defs import ConnectionTypeDef

_ACCOUNT, _REGION = "123456789012", "us-east-1"
_RECORDED = ("StartReplicationTask", "StopReplicationTask", "TestConnection")
_TOKENS = {"full-load": "ld", "forward": "fwd", "reverse": "rev"}


@dataclass(frozen=True)
class Task:
    """A replication task in the local DMS."""

    arn: str
    slot: str | None
    """The `slotName` of its source endpoint."""

    @property
    def status(self) -> str:
        """Return the status without the delay of its description."""
        return self._run.status

    @property
    def stop_reason(self) -> str:
        """Return the reason of the last stop."""
        return self._run.stop_reason

    @property
    def is_loaded(self) -> bool:
        """Return whether it has copied every table."""
        return self._run.is_loaded

    def set_statistics(self, **fields: int | str) -> None:
        """Set fields of DescribeTableStatistics on every table, such as `ValidationFailedRecords=1`."""
        faults().table_statistics[self._resource_id] = fields

    def set_loaded(self, *tables: str) -> None:
        """Describe the task as if it had copied `tables` and been stopped."""
        names = [TableName("public", table) for table in tables]
        self._run.tables = {name: TableStatistics(name, COMPLETED) for name in names}
        self._run.status, self._run.described_statistics = "stopped", faults().empty_statistics

    def set_table_error(self, name: str) -> None:
        """Set the state of a table to `Table error`."""
        for table, statistics in self._run.tables.items():
            if table.name == name:
                statistics.state = ERROR

    def pause(self) -> None:
        """Stop applying changes, as when the network is slow."""
        faults().paused_tasks.append(self._resource_id)

    def resume(self) -> None:
        """Apply the changes that arrived during `pause`."""
        faults().paused_tasks.remove(self._resource_id)

    def fail(self) -> None:
        """Fail permanently, as after an error that DMS cannot recover from."""
        faults().failing_tasks[self._resource_id] = "a test requested it"
        engine: TaskEngine = self._stored.engine
        engine.await_end()
        del faults().failing_tasks[self._resource_id]

    def close(self) -> None:
        """End the thread of the task."""
        if self._stored.engine is not None:
            self._stored.engine.join()

    @property
    def _stored(self) -> Any:
        return dms_backends[_ACCOUNT][_REGION].replication_tasks[self.arn]

    @property
    def _run(self) -> TaskRun:
        run: TaskRun = self._stored.run
        return run

    @property
    def _resource_id(self) -> str:
        return resource_id(self._stored)


def faults() -> Faults:
    """Return the faults of the local DMS."""
    return faults_of(dms_backends[_ACCOUNT][_REGION])


@dataclass
class ReplicationService:
    """A replication instance with its endpoints and tasks; the fixture `aws` must be active."""

    name: str
    emitted: EmittedReplication
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
        self, token: str, secret: str | None = None, database: str | None = None, slot: str | None = None
    ) -> str:
        """Create the emitted endpoint `token` with this secret, database and slot; return its ARN.

        Without a secret it has no database: its connection tests pass, and its tasks move no rows.
        """
        parameters = self.emitted.endpoint(token)
        is_postgresql = "PostgreSQLSettings" in parameters
        name = "PostgreSQLSettings" if is_postgresql else "MySQLSettings"
        settings: dict[str, Any] = {**parameters.get(name, {}), "SlotName": slot, "DatabaseName": database}
        settings["SecretsManagerSecretId"] = secret
        parameters[name] = {key: value for key, value in settings.items() if value is not None}
        return clients.dms().create_endpoint(EndpointIdentifier=f"{token}-{self.name}", **parameters)["Endpoint"][
            "EndpointArn"
        ]

    def add_task(
        self, kind: str, endpoints: tuple[str, str], schemas: Mapping[str, str] | None = None, slot: str | None = None
    ) -> Task:
        """Create the emitted task `kind` in the state `ready`; `endpoints` are its source and its target.

        `schemas` renames those of its table mappings.
        """
        parameters = self.emitted.task(kind)
        mappings = json.loads(parameters.pop("TableMappings"))
        for rule in mappings["rules"]:
            schema = rule["object-locator"]["schema-name"]
            rule["object-locator"]["schema-name"] = (schemas or {}).get(schema, schema)
        arn = clients.dms().create_replication_task(
            ReplicationTaskIdentifier=f"{self.name}-{kind}",
            ResourceIdentifier=f"{_TOKENS[kind]}-{self.name}"[:31],
            SourceEndpointArn=endpoints[0],
            TargetEndpointArn=endpoints[1],
            ReplicationInstanceArn=self._instance,
            TableMappings=json.dumps(mappings),
            **parameters,
        )["ReplicationTask"]["ReplicationTaskArn"]
        self.tasks[arn] = Task(arn, slot)
        return self.tasks[arn]

    def connections(self) -> "list[ConnectionTypeDef]":
        """Return the latest connection tests."""
        return clients.dms().describe_connections()["Connections"]

    def break_connection(self, token: str) -> None:
        """Let all further connection tests of an endpoint fail."""
        faults().failing_connections[f"{token}-{self.name}"] = "no route to host"

    def close(self) -> None:
        """Stop the threads of all tasks."""
        for task in self.tasks.values():
            task.close()

    def task_calls(self) -> list[tuple[str, str]]:
        """Return the calls that start or stop a task, in order: ARN and operation."""
        return [(call["ReplicationTaskArn"], name) for name, call in self.calls if "ReplicationTaskArn" in call]

    def _record(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, params))
