"""Connection tests of DMS endpoints: a task starts only after both of its endpoints have passed one.

Source: DMS API reference, TestConnection and DescribeConnections.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from common import log
from common.errors import ConnectionTestFailed
from cutover.migration import Migration

if TYPE_CHECKING:
    from mypy_boto3_dms.type_defs import ConnectionTypeDef

_TEST_SECONDS = 300


def require_connections(migration: Migration, tasks: Iterable[str]) -> None:
    """Test both endpoints of each task; raise `ConnectionTestFailed` with every failure."""
    endpoints = _endpoints(migration, tasks)
    for endpoint, instance in endpoints.items():
        _begin(migration, endpoint, instance)
    connections: dict[str, ConnectionTypeDef] = {}

    def are_finished() -> bool:
        connections.update(_describe(migration, list(endpoints)))
        return all(_status(connections, endpoint) in ("successful", "failed") for endpoint in endpoints)

    late = ConnectionTestFailed(f"the connection tests did not end within {_TEST_SECONDS} s")
    migration.clock.deadline(_TEST_SECONDS).poll(are_finished, late, pause=1)
    failures = [
        f"{connection.get('EndpointIdentifier', endpoint)}: {connection.get('LastFailureMessage', 'no cause')}"
        for endpoint, connection in connections.items()
        if connection.get("Status") == "failed"
    ]
    if failures:
        raise ConnectionTestFailed("; ".join(failures))
    log.info("connections-tested", endpoints=len(endpoints))


def _endpoints(migration: Migration, tasks: Iterable[str]) -> dict[str, str]:
    """Return the endpoints of `tasks`, each with its replication instance."""
    states = [migration.tasks.state(task) for task in tasks]
    return {endpoint: state.instance for state in states for endpoint in state.endpoints}


def _begin(migration: Migration, endpoint: str, instance: str) -> None:
    client = migration.tasks.client
    try:
        client.test_connection(ReplicationInstanceArn=instance, EndpointArn=endpoint)
    except client.exceptions.InvalidResourceStateFault:
        # An earlier attempt of this step is still testing it.
        log.info("connection-test-running", endpoint=endpoint)


def _describe(migration: Migration, endpoints: list[str]) -> "dict[str, ConnectionTypeDef]":
    pages = migration.tasks.client.get_paginator("describe_connections").paginate(
        Filters=[{"Name": "endpoint-arn", "Values": endpoints}]
    )
    return {connection.get("EndpointArn", ""): connection for page in pages for connection in page["Connections"]}


def _status(connections: "dict[str, ConnectionTypeDef]", endpoint: str) -> str:
    return connections.get(endpoint, {}).get("Status", "")
