"""Drives one replication task of the local DMS between two databases, with any settings and mappings."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pg8000.native
import pymysql
from moto.dms.models import dms_backends

from common import clients
from local_aws.dms_data_plane.task_run import TaskRun
from support import mariadb
from support.replication_service import faults
from support.waiting import wait_until

_BACKEND = ("123456789012", "us-east-1")

STRICT = dict.fromkeys(("ApplyErrorInsertPolicy", "ApplyErrorUpdatePolicy", "ApplyErrorDeletePolicy"), "STOP_TASK")
"""The policies of `ErrorBehavior` that stop a task at the first change that does not apply."""


@dataclass(frozen=True)
class EndpointDatabase:
    """A database on a test server, as an endpoint reaches it."""

    engine: str
    port: int
    name: str
    user: str
    password: str
    run: Callable[[str], list[Any]]
    schema: str
    """The schema of its tables."""

    def rows(self, table: str = "payments") -> list[tuple[Any, ...]]:
        """Return the rows of a table, in the order of their first column."""
        return [tuple(row) for row in self.run(f"select * from {table} order by 1")]

    def tables(self) -> set[str]:
        """Return the names of the control tables."""
        found = self.run("select table_name from information_schema.tables where left(table_name, 6) = 'awsdms'")
        return {str(row[0]) for row in found}

    def exceptions(self) -> list[tuple[Any, ...]]:
        """Return the task, the table and the error of each row in `awsdms_apply_exceptions`."""
        rows = self.run(f"select * from {self.schema_of_control_tables}.awsdms_apply_exceptions")
        return [(row[0], row[2], row[5]) for row in rows]

    def session(self) -> Any:
        """Open a session, for transactions of several statements."""
        address: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "database": self.name}
        login: dict[str, Any] = {"user": self.user, "password": self.password}
        if self.engine == "postgres":
            return pg8000.native.Connection(**login, **address, ssl_context=False)
        return mariadb.Session(pymysql.connect(**login, **address, ssl_disabled=True))

    @property
    def schema_of_control_tables(self) -> str:
        """The default of `ControlSchema`."""
        return "public" if self.engine == "postgres" else "awsdms_control"


@dataclass
class TaskDriver:
    """A replication instance between two databases; the fixture `aws` must be active."""

    source: EndpointDatabase
    target: EndpointDatabase
    tasks: list[str] = field(default_factory=list)
    _instance: str = ""

    def __post_init__(self) -> None:
        self._instance = clients.dms().create_replication_instance(
            ReplicationInstanceIdentifier="instance", ReplicationInstanceClass="dms.t3.medium"
        )["ReplicationInstance"]["ReplicationInstanceArn"]

    def endpoint(self, kind: Any, database: EndpointDatabase, **arguments: Any) -> str:
        """Create an endpoint with a password, and return its ARN."""
        parameters = {
            "ServerName": "127.0.0.1",
            "Port": database.port,
            "DatabaseName": database.name,
            "Username": database.user,
            "Password": database.password,
            **arguments,
        }
        identifier = f"{kind}-{len(clients.dms().describe_endpoints()['Endpoints'])}"
        created = clients.dms().create_endpoint(
            EndpointIdentifier=identifier, EndpointType=kind, EngineName=database.engine, **parameters
        )
        return created["Endpoint"]["EndpointArn"]

    def test_connection(self, endpoint: str) -> tuple[str, str]:
        """Test a connection; return its state and the failure message."""
        clients.dms().test_connection(ReplicationInstanceArn=self._instance, EndpointArn=endpoint)
        filters: Any = [{"Name": "endpoint-arn", "Values": [endpoint]}]
        for _ in range(2):
            (connection,) = clients.dms().describe_connections(Filters=filters)["Connections"]
        return connection["Status"], connection["LastFailureMessage"]

    def task(
        self,
        kind: Any = "full-load-and-cdc",
        settings: Mapping[str, Any] | None = None,
        endpoints: tuple[str, str] | None = None,
        rules: list[tuple[str, str, str]] | None = None,
        name: str = "task",
    ) -> str:
        """Create a task whose endpoints have passed their tests; return its ARN. `rules` replaces its selection."""
        ends = endpoints or (self.endpoint("source", self.source), self.endpoint("target", self.target))
        assert [self.test_connection(end)[0] for end in ends] == ["successful"] * 2
        found = rules or [("include", self.source.schema, "%"), ("exclude", "%", "awsdms%")]
        mappings = [
            {
                "rule-type": "selection",
                "rule-id": str(number),
                "rule-name": str(number),
                "rule-action": action,
                "object-locator": {"schema-name": schema, "table-name": table},
            }
            for number, (action, schema, table) in enumerate(found, 1)
        ]
        arn = clients.dms().create_replication_task(
            ReplicationTaskIdentifier=name,
            ResourceIdentifier=f"id-{name}",
            SourceEndpointArn=ends[0],
            TargetEndpointArn=ends[1],
            ReplicationInstanceArn=self._instance,
            MigrationType=kind,
            ReplicationTaskSettings=json.dumps(complete(settings or {})),
            TableMappings=json.dumps({"rules": mappings}),
        )["ReplicationTask"]["ReplicationTaskArn"]
        self.tasks.append(arn)
        return arn

    def start(self, task: str, kind: Any = "start-replication", **point: Any) -> None:
        """Start a task."""
        clients.dms().start_replication_task(ReplicationTaskArn=task, StartReplicationTaskType=kind, **point)

    def stop(self, task: str) -> None:
        """Stop a task, and wait for it."""
        clients.dms().stop_replication_task(ReplicationTaskArn=task)
        self.await_status(task, "stopped")

    def await_status(self, task: str, status: str) -> None:
        """Wait until a task has a status."""
        ends = {status, "failed"}
        wait_until(lambda: self.run(task).status in ends, 20)
        assert self.run(task).status == status, self.run(task).stop_reason

    def await_load(self, task: str) -> None:
        """Wait until a task has copied all tables."""
        wait_until(lambda: self.run(task).is_loaded or self.run(task).status == "failed", 20)
        assert self.run(task).is_loaded, self.run(task).stop_reason

    def load(self, **arguments: Any) -> str:
        """Create a task, start it and wait for its load; return its ARN."""
        task = self.task(**arguments)
        self.start(task)
        self.await_load(task)
        return task

    def await_equality(self, table: str = "payments") -> None:
        """Wait until both sides have the same rows."""
        wait_until(lambda: self.source.rows(table) == self.target.rows(table), 20)

    def failure(self, task: str) -> str:
        """Wait until a task fails; return the reason."""
        self.await_status(task, "failed")
        filters: Any = [{"Name": "replication-task-arn", "Values": [task]}]
        return clients.dms().describe_replication_tasks(Filters=filters)["ReplicationTasks"][0]["LastFailureMessage"]

    def statistics(self, task: str, table: str = "payments") -> Any:
        """Return the statistics of a table."""
        faults().empty_statistics = 0
        found = clients.dms().describe_table_statistics(ReplicationTaskArn=task)["TableStatistics"]
        return next(row for row in found if row["TableName"] == table)

    def run(self, task: str) -> TaskRun:
        """Return the state of a task without the delay of its description."""
        stored: Any = dms_backends[_BACKEND[0]][_BACKEND[1]].replication_tasks[task]
        run: TaskRun = stored.run
        return run

    def close(self) -> None:
        """End the threads of all tasks."""
        stored: Any = dms_backends[_BACKEND[0]][_BACKEND[1]].replication_tasks
        for task in stored.values():
            if task.engine is not None:
                task.engine.join()


def complete(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with a table preparation that the local DMS implements."""
    load = {"TargetTablePrepMode": "DO_NOTHING", **settings.get("FullLoadSettings", {})}
    return {**settings, "FullLoadSettings": load}
