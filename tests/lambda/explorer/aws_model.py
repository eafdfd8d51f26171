"""In-memory AWS clients with the calls that the operations make, each of which passes the boundary."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from explorer.boundary import World
from explorer.state import FORWARD, LOAD, REVERSE, Task


class NoSuchKey(Exception):
    """The error of S3."""


class ResourceNotFound(Exception):
    """The error of Secrets Manager."""


class InvalidResourceState(Exception):
    """The error of DMS."""


@dataclass(frozen=True)
class Ssm:
    """Parameter Store."""

    world: World

    def get_parameter(self, *, Name: str) -> Mapping[str, Any]:
        """Return a parameter."""
        return self.world.read(None, None, lambda: {"Parameter": {"Value": self.world.state.parameters[Name]}})

    def put_parameter(self, *, Name: str, Value: str, Overwrite: bool) -> None:
        """Set a parameter."""

        def put() -> None:
            self.world.state.parameters[Name] = Value

        self.world.effect(f"put {Name.rsplit('/', 1)[-1]} {Value}", None, None, put)
        self.world.pay()


@dataclass(frozen=True)
class S3:
    """S3."""

    world: World
    exceptions = SimpleNamespace(NoSuchKey=NoSuchKey)

    def get_object(self, *, Bucket: str, Key: str) -> Mapping[str, Any]:
        """Return an object."""
        text = self.world.read(None, None, lambda: self.world.state.objects.get(Key))
        if text is None:
            raise NoSuchKey
        return {"Body": io.BytesIO(text.encode())}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str, IfNoneMatch: str = "") -> None:
        """Put an object, with `IfNoneMatch` unless it exists."""

        def put() -> None:
            if IfNoneMatch and Key in self.world.state.objects:
                raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": ""}}, "PutObject")
            self.world.state.objects[Key] = Body.decode()

        self.world.effect(f"put {Key.rsplit('/', 1)[-1]}", None, None, put)


@dataclass(frozen=True)
class Dms:
    """Database Migration Service."""

    world: World
    exceptions = SimpleNamespace(InvalidResourceStateFault=InvalidResourceState)

    def describe_replication_tasks(self, *, Filters: Any, WithoutSettings: bool) -> Mapping[str, Any]:
        """Return the description of one task."""
        name = Filters[0]["Values"][0]
        task = self.world.read(None, None, lambda: self.world.state.tasks[name])
        return {"ReplicationTasks": [_description(task)]}

    def start_replication_task(
        self, *, ReplicationTaskArn: str, StartReplicationTaskType: str, CdcStartPosition: str | None = None
    ) -> None:
        """Start a task."""

        def start() -> None:
            task = self.world.state.tasks[ReplicationTaskArn]
            if task.status not in ("ready", "stopped", "failed"):
                raise InvalidResourceState(f"the task is {task.status}")
            if CdcStartPosition is not None:
                task.position = int(CdcStartPosition[1:])
            task.status, task.reason = "starting", ""

        self.world.effect(f"start {ReplicationTaskArn}", None, None, start)

    def stop_replication_task(self, *, ReplicationTaskArn: str) -> None:
        """Stop a running task."""

        def stop() -> None:
            task = self.world.state.tasks[ReplicationTaskArn]
            if task.status != "running":
                raise InvalidResourceState(f"the task is {task.status}")
            task.status = "stopping"

        self.world.effect(f"stop {ReplicationTaskArn}", None, None, stop)

    def test_connection(self, *, ReplicationInstanceArn: str, EndpointArn: str) -> None:
        """Begin a connection test, which succeeds if the side can be reached."""

    def get_paginator(self, operation: str) -> "Paginator":
        """Return the paginator of an operation."""
        return Paginator(self.world, operation)


@dataclass(frozen=True)
class Paginator:
    """The pages of one operation, of which there is one."""

    world: World
    operation: str

    def paginate(self, **arguments: Any) -> Iterator[Mapping[str, Any]]:
        """Yield the page."""
        if self.operation == "describe_table_statistics":
            statistics = {"SchemaName": "public", "TableName": "payments", "TableState": "Table completed"}
            yield self.world.read(None, None, lambda: {"TableStatistics": [statistics]})
        else:
            yield self.world.read(None, None, lambda: self._connections(arguments["Filters"][0]["Values"]))

    def _connections(self, endpoints: list[str]) -> Mapping[str, Any]:
        databases = self.world.state.databases
        connections = [
            {
                "EndpointArn": endpoint,
                "EndpointIdentifier": endpoint,
                "Status": "successful" if databases[endpoint].is_reachable else "failed",
            }
            for endpoint in endpoints
        ]
        return {"Connections": connections}


@dataclass(frozen=True)
class LoadBalancers:
    """Elastic Load Balancing, with one listener rule."""

    world: World

    def describe_rules(self, *, RuleArns: list[str]) -> Mapping[str, Any]:
        """Return the rule."""
        return self.world.read(None, None, lambda: {"Rules": [{"Actions": [{"Type": "forward"}]}]})

    def modify_rule(self, *, RuleArn: str, Actions: list[Any]) -> None:
        """Set the weights of the rule."""

        def modify() -> None:
            self.world.state.weight = Actions[0]["ForwardConfig"]["TargetGroups"][1]["Weight"]

        self.world.effect("modify rule", None, None, modify)

    def describe_target_health(self, *, TargetGroupArn: str) -> Mapping[str, Any]:
        """Return a healthy target."""
        return {"TargetHealthDescriptions": [{"TargetHealth": {"State": "healthy"}}]}


@dataclass(frozen=True)
class SecretsManager:
    """Secrets Manager, with the same login in each secret."""

    exceptions = SimpleNamespace(ResourceNotFoundException=ResourceNotFound)

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> Mapping[str, Any]:
        """Return the login."""
        return {"SecretString": _LOGIN}


@dataclass(frozen=True)
class Sns:
    """SNS."""

    world: World

    def publish(self, *, TopicArn: str, Subject: str, Message: str) -> None:
        """Publish nothing."""
        self.world.effect("publish", None, None, lambda: None)


_LOGIN = json.dumps({"username": "dms", "password": "dms-4711"})
_PROGRESS = {LOAD: 100, FORWARD: 0, REVERSE: 0}


def _description(task: Task) -> Mapping[str, Any]:
    return {
        "Status": task.status,
        "ReplicationInstanceArn": "instance",
        "SourceEndpointArn": task.source,
        "TargetEndpointArn": task.target,
        "StopReason": task.reason,
        "ReplicationTaskStats": {"FullLoadProgressPercent": _PROGRESS[task.name], "TablesErrored": 0},
    }
