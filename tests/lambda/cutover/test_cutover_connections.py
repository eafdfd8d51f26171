"""Connections and privileges of the replication users, which both directions need, are checked before the load."""

import json

import pytest

from common.errors import ConnectionTestFailed, PreconditionFailed, ReplicationFailed
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment


def without_administrator(environment: Environment, *, grants: str) -> None:
    """Take the administrator's secret of the source away; prepare its replication user, with `grants`."""
    (replication,) = json.loads(environment.variables["REPLICATIONS"])
    environment.variables["REPLICATIONS"] = json.dumps([{**replication, "source_master_secret": None}])
    user = f"dms_{environment.role.removeprefix('app_')}"
    environment.source.run(
        f"create role {user} login replication createrole password 'replication-4711';"
        f" grant pg_signal_backend to {user}; grant usage, create on schema public to {user};"
        f" grant all on all tables in schema public to {user}; grant all on all sequences in schema public to {user};"
        f" grant set on parameter session_replication_role to {user}; {grants.format(user=user)}"
    )


def test_initialize_tests_the_connections_of_all_endpoints(environment: Environment) -> None:
    environment.run("initialize")
    tested = [
        call["EndpointArn"].rsplit(":", 1)[-1] for name, call in environment.service.calls if name == "TestConnection"
    ]
    assert len(tested) == len(set(tested)) == 5
    assert {connection["Status"] for connection in environment.service.connections()} == {"successful"}


@pytest.mark.parametrize("endpoint", ["source", "target", "forward-source", "reverse-source", "reverse-target"])
def test_initialize_rejects_an_endpoint_without_connection(environment: Environment, endpoint: str) -> None:
    environment.service.break_connection(endpoint)
    with pytest.raises(ConnectionTestFailed, match=f"^{endpoint}-pay.*: no route to host$"):
        environment.run("initialize")


def test_initialize_names_every_endpoint_without_connection(environment: Environment) -> None:
    for endpoint in ("target", "reverse-source"):
        environment.service.break_connection(endpoint)
    with pytest.raises(ConnectionTestFailed, match=r"target-pay.*; reverse-source-pay"):
        environment.run("initialize")


@pytest.mark.parametrize("endpoint", ["reverse-source", "reverse-target"])
def test_reverse_endpoint_without_connection_prevents_the_fence(environment: Environment, endpoint: str) -> None:
    environment.start_replication()
    environment.service.break_connection(endpoint)
    with pytest.raises(ConnectionTestFailed, match="no route to host"):
        environment.run("fence_source")
    assert environment.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)


@pytest.mark.parametrize(
    ("revoked", "finding"),
    [
        ("revoke set on parameter session_replication_role from {user}", "parameter session_replication_role"),
        ("revoke delete on payments from {user}", "DELETE on public.payments"),
    ],
)
def test_missing_privilege_of_the_reverse_direction_is_rejected(
    environment: Environment, revoked: str, finding: str
) -> None:
    without_administrator(environment, grants=revoked)
    with pytest.raises(PreconditionFailed, match=f"the source of .* denies dms_.*{finding}"):
        environment.run("initialize")


def test_privilege_revoked_after_the_load_prevents_the_fence(environment: Environment) -> None:
    environment.start_replication()
    environment.source.run(f"revoke create on schema public from dms_{environment.role.removeprefix('app_')}")
    with pytest.raises(PreconditionFailed, match="CREATE on the schema public"):
        environment.run("fence_source")
    assert environment.parameter("writer") == "source"


def test_mysql_user_without_index_privilege_is_rejected(mysql: MySqlEnvironment) -> None:
    mysql.run("initialize")
    user = f"dms_{mysql.role.removeprefix('app_')}"
    mysql.source.run(f"revoke index on `{mysql.source.dbname.replace('_', chr(92) + '_')}`.* from {user}")
    mysql.record_comparison()
    with pytest.raises(PreconditionFailed, match="lacks the privilege INDEX in"):
        mysql.run("fence_source")


def test_failed_reverse_task_fails_the_step_that_starts_it(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    environment.source.run(f"alter role dms_{environment.role.removeprefix('app_')} nologin")
    with pytest.raises(ReplicationFailed, match="is failed"):
        environment.run("start_reverse_replication")
