"""DMS connections: tests that take time and may fail, and endpoints that cannot be deleted while a task uses them."""

import json
from dataclasses import dataclass
from typing import Any

from moto.dms.exceptions import InvalidResourceStateFault, ResourceNotFoundFault
from moto.dms.models import DatabaseMigrationServiceBackend
from moto.dms.responses import DatabaseMigrationServiceResponse

from local_aws.dms_data_plane import data_plane
from local_aws.dms_faults import faults_of
from local_aws.patching import Method, wrap


@dataclass
class Connection:
    """The latest test of an endpoint by a replication instance."""

    instance: Any
    endpoint: Any
    status: str = "testing"
    failure: str = ""
    descriptions: int = 0

    def advance(self, backend: Any) -> None:
        """Finish the test after it was described as running."""
        faults = faults_of(backend)
        if self.status == "testing" and self.descriptions >= faults.testing_descriptions:
            failure = faults.failing_connections.get(self.endpoint.endpoint_identifier)
            self.failure = failure or data_plane.connection_failure(backend, self.endpoint, faults) or ""
            self.status = "failed" if self.failure else "successful"
        self.descriptions += 1

    def to_dict(self) -> dict[str, str]:
        """Return the connection as the API does."""
        return {
            "EndpointArn": self.endpoint.endpoint_arn,
            "EndpointIdentifier": self.endpoint.endpoint_identifier,
            "LastFailureMessage": self.failure,
            "ReplicationInstanceArn": self.instance.arn,
            "ReplicationInstanceIdentifier": self.instance.id,
            "Status": self.status,
        }


def require_successful_tests(backend: Any, instance_arn: str, endpoint_arns: tuple[str, ...]) -> None:
    """Raise a fault unless each endpoint has passed its latest test from the instance.

    Source: the fault that StartReplicationTask returns, as in hashicorp/terraform-provider-aws#46516.
    """
    tests = _connections(backend)
    for endpoint_arn in endpoint_arns:
        connection = tests.get((instance_arn, endpoint_arn))
        if connection is None or connection.status != "successful":
            raise InvalidResourceStateFault(
                f"Test connection for replication instance {instance_arn} and endpoint {endpoint_arn} should be"
                " successful for starting the replication task"
            )


@wrap(DatabaseMigrationServiceResponse, "test_connection")
def start_connection_test(original: Method, self: Any) -> str:
    """moto reports success at once; DMS takes a minute, and refuses a second test in the meantime."""
    del original
    backend = self.dms_backend
    instance = backend.replication_instances.get(self._get_param("ReplicationInstanceArn"))
    endpoint = _endpoint(backend, self._get_param("EndpointArn"))
    if instance is None or endpoint is None:
        raise ResourceNotFoundFault("The replication instance or the endpoint does not exist.")
    key = (instance.arn, endpoint.endpoint_arn)
    found = _connections(backend).get(key)
    if found is not None and found.status == "testing":
        raise InvalidResourceStateFault(f"The connection of {endpoint.endpoint_arn} is being tested.")
    _connections(backend)[key] = connection = Connection(instance, endpoint)
    return json.dumps({"Connection": connection.to_dict()})


@wrap(DatabaseMigrationServiceResponse, "describe_connections")
def filter_connections_by_every_filter(original: Method, self: Any) -> str:
    """moto applies the last filter only; AWS applies all of them."""
    del original
    wanted = {entry["Name"]: entry["Values"] for entry in self._get_param("Filters", [])}
    found = [
        connection
        for connection in _connections(self.dms_backend).values()
        if connection.endpoint.endpoint_arn in wanted.get("endpoint-arn", [connection.endpoint.endpoint_arn])
        and connection.instance.arn in wanted.get("replication-instance-arn", [connection.instance.arn])
    ]
    for connection in found:
        connection.advance(self.dms_backend)
    return json.dumps({"Connections": [connection.to_dict() for connection in found]})


@wrap(DatabaseMigrationServiceBackend, "delete_endpoint")
def refuse_to_delete_endpoint_in_use(original: Method, self: Any, endpoint_arn: str) -> Any:
    """DMS deletes an endpoint only after the tasks that use it (API reference, DeleteEndpoint)."""
    users = [
        task.id
        for task in self.replication_tasks.values()
        if endpoint_arn in (task.source_endpoint_arn, task.target_endpoint_arn)
    ]
    if users:
        raise InvalidResourceStateFault(f"Endpoint {endpoint_arn} is part of the replication tasks {', '.join(users)}")
    deleted = original(self, endpoint_arn)
    for key in [key for key in _connections(self) if key[1] == endpoint_arn]:
        del _connections(self)[key]
    return deleted


def _endpoint(backend: Any, arn: str) -> Any | None:
    return next((each for each in backend.endpoints.values() if each.endpoint_arn == arn), None)


def _connections(backend: Any) -> dict[tuple[str, str], Connection]:
    connections: dict[tuple[str, str], Connection] = backend.__dict__.setdefault("connection_tests", {})
    return connections
