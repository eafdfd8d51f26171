"""Moves rows with the replication tasks of an applied stack: `python replicated_rows.py`, with `AWS_ENDPOINT_URL`.

The endpoints are as Terraform created them. The script writes logins into their secrets, as an operator does, and lets
the local DMS reach test servers in place of the hosts in AWS and in the datacenter.
"""

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import boto3

from local_aws.internal_requests import request
from support import mariadb, postgres
from support.waiting import wait_until

_TABLE = "create table {table} (id integer primary key, note varchar(20))"
_SECONDS = 60.0
_dms = boto3.client("dms")
_secrets = boto3.client("secretsmanager")


@dataclass(frozen=True)
class Side:
    """The database behind some endpoints: the address, the administrator and a function that runs SQL."""

    port: int
    user: str
    password: str
    run: Callable[[str], list[Any]]

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return the rows of a table."""
        return [tuple(row) for row in self.run(f"select * from {table} order by id")]


def endpoints(engine: str) -> dict[str, Any]:
    """Return the endpoints of an engine family by ARN."""
    found = _dms.describe_endpoints()["Endpoints"]
    return {each["EndpointArn"]: each for each in found if ("postgres" in each["EngineName"]) == (engine == "postgres")}


def secret_of(endpoint: Any) -> str:
    """Return the ARN of the secret of an endpoint."""
    settings = endpoint.get("PostgreSQLSettings") or endpoint["MySQLSettings"]
    return str(settings["SecretsManagerSecretId"])


def connect(engine: str, source: Side, target: Side) -> dict[str, Any]:
    """Write the logins of both sides into the secrets; return the addresses of their servers."""
    addresses = {}
    for endpoint in endpoints(engine).values():
        # A cluster of Aurora is the target, and the source of the reverse task.
        side = target if "aurora" in endpoint["EngineName"] else source
        secret = secret_of(endpoint)
        value = json.loads(_secrets.get_secret_value(SecretId=secret)["SecretString"])
        login = {"username": side.user, "password": side.password}
        _secrets.put_secret_value(SecretId=secret, SecretString=json.dumps({**value, **login}))
        addresses[f"{value['host']}:{value['port']}"] = {"host": "127.0.0.1", "port": side.port, "tls": "require"}
    return addresses


def test_connections(tasks: list[Any]) -> None:
    """Test the connections of all tasks."""
    pairs = {
        (arn, task["ReplicationInstanceArn"])
        for task in tasks
        for arn in (task["SourceEndpointArn"], task["TargetEndpointArn"])
    }
    for endpoint, instance in pairs:
        _dms.test_connection(ReplicationInstanceArn=instance, EndpointArn=endpoint)

    def are_finished() -> bool:
        return all(each["Status"] != "testing" for each in _dms.describe_connections()["Connections"])

    wait_until(are_finished, _SECONDS)
    failures = [
        each["LastFailureMessage"]
        for each in _dms.describe_connections()["Connections"]
        if each["Status"] != "successful"
    ]
    assert not failures, failures


def status(task: Any) -> Any:
    """Return the present description of a task."""
    filters: Any = [{"Name": "replication-task-arn", "Values": [task["ReplicationTaskArn"]]}]
    return _dms.describe_replication_tasks(Filters=filters)["ReplicationTasks"][0]


def start(task: Any, **point: str) -> None:
    """Start a task, and wait until it runs."""
    arn = task["ReplicationTaskArn"]
    _dms.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="start-replication", **point)
    wait_until(lambda: status(task)["Status"] in ("running", "failed"), _SECONDS)
    assert status(task)["Status"] == "running", status(task)


def await_equality(table: str, one: Side, other: Side) -> None:
    """Wait until both sides have the same rows."""
    wait_until(lambda: one.rows(table) == other.rows(table) != [], _SECONDS)


def replicate(engine: str, table: str, sides: tuple[Side, Side], tasks: list[Any]) -> None:
    """Load, replicate, and replicate in reverse if there is a task for it."""
    source, target = sides
    own = endpoints(engine)
    of_engine = [task for task in tasks if task["SourceEndpointArn"] in own]
    (load,) = (task for task in of_engine if task["MigrationType"] == "full-load-and-cdc")
    source.run(f"insert into {table} values (1, 'loaded')")
    start(load)
    await_equality(table, source, target)
    source.run(f"insert into {table} values (2, 'replicated')")
    await_equality(table, source, target)
    _dms.stop_replication_task(ReplicationTaskArn=load["ReplicationTaskArn"])
    wait_until(lambda: status(load)["Status"] == "stopped", _SECONDS)
    for task in of_engine:
        endpoint = own[task["SourceEndpointArn"]]
        if task["MigrationType"] == "cdc" and "aurora" in endpoint["EngineName"]:
            slot = endpoint["PostgreSQLSettings"]["SlotName"]
            create = f"select lsn::text from pg_create_logical_replication_slot('{slot}', 'test_decoding')"
            position = str(target.run(create)[0][0])
            target.run(f"insert into {table} values (3, 'returned')")
            start(task, CdcStartPosition=position)
            await_equality(table, source, target)
            _dms.stop_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
            wait_until(lambda task=task: status(task)["Status"] == "stopped", _SECONDS)  # type: ignore[misc]


def postgresql_side(server: postgres.Server) -> Side:
    """Create the database `payments`."""
    server.run("create database payments")
    server.run(_TABLE.format(table="payment"), "payments")
    return Side(server.port, "postgres", postgres.PASSWORD, lambda sql: server.run(sql, "payments"))


def mysql_side(server: mariadb.Server) -> Side:
    """Create the database `ledger`."""
    server.run("create database ledger")
    server.run(_TABLE.format(table="ledger.entries"))
    return Side(server.port, "admin", mariadb.PASSWORD, lambda sql: server.run(sql, dbname="ledger"))


def main() -> None:
    """Run both replications of `fixtures/terraform/replication.toml`."""
    with ExitStack() as stack:
        servers = [postgres.start() for _ in range(2)]
        for server in servers:
            stack.callback(server.stop)
        others = [mariadb.start(servers[0].folder) for _ in range(2)]
        for other in others:
            stack.callback(other.stop)
        payments = postgresql_side(servers[0]), postgresql_side(servers[1])
        ledger = mysql_side(others[0]), mysql_side(others[1])
        addresses = {**connect("postgres", *payments), **connect("mysql", *ledger)}
        request(os.environ["AWS_ENDPOINT_URL"], "PUT", "dms-faults", {"addresses": addresses})
        tasks = _dms.describe_replication_tasks()["ReplicationTasks"]
        test_connections(tasks)
        replicate("postgres", "payment", payments, tasks)
        replicate("mysql", "entries", ledger, tasks)


if __name__ == "__main__":
    main()
