"""The local DMS refuses and delays as the API does."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dms.models import dms_backends

from local_aws import patches
from local_aws.dms_data_plane.changes import TableName
from local_aws.dms_data_plane.faults import Faults
from local_aws.dms_data_plane.table_statistics import TableStatistics
from local_aws.dms_faults import faults_of

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient
    from mypy_boto3_dms.literals import MigrationTypeValueType, StartReplicationTaskTypeValueType

_ACCOUNT, _REGION = "123456789012", "us-east-1"
_STATE_FAULT, _COMBINATION_FAULT = "InvalidResourceStateFault", "InvalidParameterCombinationException"


@dataclass(frozen=True)
class Dms:
    """A replication instance with endpoints and tasks."""

    client: "DatabaseMigrationServiceClient"
    instance: str

    @property
    def faults(self) -> Faults:
        """The faults of this account."""
        return faults_of(dms_backends[_ACCOUNT][_REGION])

    def endpoint(self, name: str, kind: Any, engine: str = "postgres", slot: str | None = None) -> str:
        """Create an endpoint; return its ARN."""
        settings: Any = {"PostgreSQLSettings": {"SlotName": slot}} if slot else {}
        created = self.client.create_endpoint(EndpointIdentifier=name, EndpointType=kind, EngineName=engine, **settings)
        return created["Endpoint"]["EndpointArn"]

    def endpoint_arn(self, name: str) -> str:
        """Return the ARN of an endpoint."""
        filters: Any = [{"Name": "endpoint-id", "Values": [name]}]
        return self.client.describe_endpoints(Filters=filters)["Endpoints"][0]["EndpointArn"]

    def task(self, kind: "MigrationTypeValueType", source: str, target: str) -> str:
        """Create a task; return its ARN."""
        return self.client.create_replication_task(
            ReplicationTaskIdentifier=f"task-{kind}",
            SourceEndpointArn=source,
            TargetEndpointArn=target,
            ReplicationInstanceArn=self.instance,
            MigrationType=kind,
            TableMappings="{}",
        )["ReplicationTask"]["ReplicationTaskArn"]

    def test(self, *endpoints: str) -> list[str]:
        """Test the connections of endpoints; return the final states."""
        for endpoint in endpoints:
            self.client.test_connection(ReplicationInstanceArn=self.instance, EndpointArn=endpoint)
        self.connections(*endpoints)
        return [connection["Status"] for connection in self.connections(*endpoints)]

    def connections(self, *endpoints: str) -> list[Any]:
        """Describe the connections of endpoints."""
        filters: Any = [{"Name": "endpoint-arn", "Values": list(endpoints)}]
        return list(self.client.describe_connections(Filters=filters)["Connections"])

    def start(self, task: str, kind: "StartReplicationTaskTypeValueType" = "start-replication", **point: Any) -> None:
        """Start a task."""
        self.client.start_replication_task(ReplicationTaskArn=task, StartReplicationTaskType=kind, **point)

    def stop(self, task: str) -> None:
        """Stop a task."""
        self.client.stop_replication_task(ReplicationTaskArn=task)

    def status(self, task: str) -> str:
        """Return the described status of a task."""
        filters: Any = [{"Name": "replication-task-arn", "Values": [task]}]
        return self.client.describe_replication_tasks(Filters=filters)["ReplicationTasks"][0]["Status"]

    def statuses(self, task: str, count: int = 3) -> list[str]:
        """Return the statuses of consecutive descriptions."""
        return [self.status(task) for _ in range(count)]


@pytest.fixture
def dms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dms]:
    patches.require_descriptions()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dms", region_name=_REGION)
        instance = client.create_replication_instance(
            ReplicationInstanceIdentifier="instance", ReplicationInstanceClass="dms.t3.medium"
        )
        yield Dms(client, instance["ReplicationInstance"]["ReplicationInstanceArn"])


def cdc_task(dms: Dms, slot: str | None = "slot", engine: str = "postgres") -> str:
    """Create a CDC-only task whose endpoints have passed their tests."""
    endpoints = dms.endpoint("source", "source", engine, slot), dms.endpoint("target", "target", engine)
    assert dms.test(*endpoints) == ["successful", "successful"]
    return dms.task("cdc", *endpoints)


def load_task(dms: Dms) -> str:
    """Create a full-load task whose endpoints have passed their tests."""
    endpoints = dms.endpoint("source", "source"), dms.endpoint("target", "target")
    dms.test(*endpoints)
    return dms.task("full-load-and-cdc", *endpoints)


def refused(fault: str, text: str) -> Any:
    """Expect a fault."""
    return pytest.raises(ClientError, match=f"{fault}.*{text}")


def test_task_is_not_started_before_both_endpoints_passed_a_connection_test(dms: Dms) -> None:
    source, target = dms.endpoint("source", "source"), dms.endpoint("target", "target")
    task = dms.task("full-load-and-cdc", source, target)
    with refused(_STATE_FAULT, f"{source} should be successful"):
        dms.start(task)
    dms.test(source)
    with refused(_STATE_FAULT, f"{target} should be successful"):
        dms.start(task)
    dms.test(target)
    dms.start(task)


def test_connection_test_takes_time_and_is_not_repeated_meanwhile(dms: Dms) -> None:
    source = dms.endpoint("source", "source")
    dms.client.test_connection(ReplicationInstanceArn=dms.instance, EndpointArn=source)
    with refused(_STATE_FAULT, "is being tested"):
        dms.client.test_connection(ReplicationInstanceArn=dms.instance, EndpointArn=source)
    assert [dms.connections(source)[0]["Status"] for _ in range(2)] == ["testing", "successful"]


def test_failed_connection_test_has_a_message_and_prevents_the_start(dms: Dms) -> None:
    task = load_task(dms)
    dms.faults.failing_connections["target"] = "password authentication failed"
    (endpoint,) = [
        each["EndpointArn"]
        for each in dms.client.describe_endpoints()["Endpoints"]
        if each["EndpointIdentifier"] == "target"
    ]
    assert dms.test(endpoint) == ["failed"]
    assert dms.connections(endpoint)[0]["LastFailureMessage"] == "password authentication failed"
    with refused(_STATE_FAULT, "should be successful"):
        dms.start(task)


def test_connections_are_filtered_by_every_filter(dms: Dms) -> None:
    dms.test(dms.endpoint("source", "source"))
    filters: Any = [
        {"Name": "endpoint-arn", "Values": ["another"]},
        {"Name": "replication-instance-arn", "Values": [dms.instance]},
    ]
    assert dms.client.describe_connections(Filters=filters)["Connections"] == []


def test_endpoint_is_not_deleted_while_a_task_uses_it(dms: Dms) -> None:
    source, target = dms.endpoint("source", "source"), dms.endpoint("target", "target")
    task = dms.task("cdc", source, target)
    for endpoint in (source, target):
        with refused(_STATE_FAULT, "is part of the replication tasks task-cdc"):
            dms.client.delete_endpoint(EndpointArn=endpoint)
    dms.client.delete_replication_task(ReplicationTaskArn=task)
    dms.client.delete_endpoint(EndpointArn=source)


def test_status_lags_after_start_and_stop(dms: Dms) -> None:
    task = load_task(dms)
    dms.start(task)
    assert dms.statuses(task) == ["ready", "starting", "running"]
    dms.stop(task)
    assert dms.statuses(task) == ["running", "stopping", "stopped"]


def test_task_is_not_started_twice(dms: Dms) -> None:
    task = load_task(dms)
    dms.start(task)
    assert dms.status(task) == "ready"
    with refused(_STATE_FAULT, "cannot be started, invalid state: starting"):
        dms.start(task)


def test_task_is_stopped_only_while_it_runs(dms: Dms) -> None:
    task = load_task(dms)
    with refused(_STATE_FAULT, "cannot be stopped, invalid state: ready"):
        dms.stop(task)
    dms.start(task)
    with refused(_STATE_FAULT, "cannot be stopped, invalid state: starting"):
        dms.stop(task)
    dms.statuses(task)
    dms.stop(task)
    with refused(_STATE_FAULT, "cannot be stopped, invalid state: stopping"):
        dms.stop(task)


def test_running_task_is_not_deleted(dms: Dms) -> None:
    task = load_task(dms)
    dms.start(task)
    with refused(_STATE_FAULT, "cannot be deleted, invalid state: starting"):
        dms.client.delete_replication_task(ReplicationTaskArn=task)


@pytest.mark.parametrize("kind", ["resume-processing", "reload-target"])
def test_first_start_is_start_replication(dms: Dms, kind: "StartReplicationTaskTypeValueType") -> None:
    task = load_task(dms)
    with refused(_COMBINATION_FAULT, "valid only for tasks that have run before"):
        dms.start(task, kind)


@pytest.mark.parametrize("kind", ["resume-processing", "reload-target"])
def test_later_start_resumes_or_reloads(dms: Dms, kind: "StartReplicationTaskTypeValueType") -> None:
    task = load_task(dms)
    dms.start(task)
    dms.statuses(task)
    dms.stop(task)
    dms.statuses(task)
    with refused(_COMBINATION_FAULT, "valid only for tasks running for the first time"):
        dms.start(task)
    dms.start(task, kind)


def test_cdc_only_task_starts_again_from_a_position_only(dms: Dms) -> None:
    task = cdc_task(dms)
    dms.start(task, CdcStartPosition="0/10")
    dms.statuses(task)
    dms.stop(task)
    dms.statuses(task)
    with refused(_COMBINATION_FAULT, "valid only for tasks running for the first time"):
        dms.start(task)
    with refused(_COMBINATION_FAULT, "requires the start type start-replication"):
        dms.start(task, "resume-processing", CdcStartPosition="0/20")
    dms.start(task, CdcStartPosition="0/20")


def test_start_position_and_start_time_exclude_each_other(dms: Dms) -> None:
    task = cdc_task(dms, slot=None, engine="mysql")
    with refused(_COMBINATION_FAULT, "not both"):
        dms.start(task, CdcStartPosition="binlog.1:4", CdcStartTime=datetime(2026, 1, 1, tzinfo=UTC))
    dms.start(task, CdcStartPosition="binlog.1:4")


def test_start_position_of_postgresql_requires_a_slot(dms: Dms) -> None:
    task = cdc_task(dms, slot=None)
    with refused(_COMBINATION_FAULT, "requires the setting slotName"):
        dms.start(task, CdcStartPosition="0/10")


def test_postgresql_source_has_no_start_by_time(dms: Dms) -> None:
    task = cdc_task(dms)
    with refused(_COMBINATION_FAULT, "not supported by a PostgreSQL source"):
        dms.start(task, CdcStartTime=datetime(2026, 1, 1, tzinfo=UTC))


def test_statistics_are_empty_at_first_and_come_in_pages(dms: Dms) -> None:
    task = load_task(dms)
    stored: Any = dms_backends[_ACCOUNT][_REGION].replication_tasks[task]
    names = [TableName("public", f"t{n}") for n in range(120)]
    stored.run.tables = {name: TableStatistics(name, "Table completed") for name in names}
    dms.start(task)
    dms.statuses(task)
    sizes = []
    for _ in range(2):
        pages = dms.client.get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=task)
        sizes.append([len(page["TableStatistics"]) for page in pages])
    assert sizes == [[0], [100, 20]]
    with refused("ValidationError", "allowed: 20 to 500"):
        dms.client.describe_table_statistics(ReplicationTaskArn=task, MaxRecords=10)


def test_cdc_only_task_has_no_progress(dms: Dms) -> None:
    task = cdc_task(dms)
    described = json.loads(json.dumps(dms.client.describe_replication_tasks()["ReplicationTasks"], default=str))
    assert [each["ReplicationTaskArn"] for each in described] == [task]
    assert "FullLoadProgressPercent" not in described[0]["ReplicationTaskStats"]


def test_next_calls_of_an_operation_are_throttled(dms: Dms) -> None:
    dms.faults.throttled["DescribeReplicationTasks"] = 5  # the client repeats a throttled call four times
    with refused("ThrottlingException", "Rate exceeded"):
        dms.client.describe_replication_tasks()
    dms.client.describe_replication_tasks()


def test_next_calls_of_any_operation_are_throttled(dms: Dms) -> None:
    dms.faults.throttled["*"] = 1
    dms.client.describe_endpoints()
    assert dms.faults.throttled == {"*": 0}


def test_next_calls_of_an_operation_are_refused(dms: Dms) -> None:
    task = load_task(dms)
    dms.faults.refused["StartReplicationTask"] = 1
    with refused(_STATE_FAULT, "StartReplicationTask is refused"):
        dms.start(task)
    dms.start(task)


def test_progress_may_be_missing(dms: Dms) -> None:
    load_task(dms)
    dms.faults.omits_progress = True
    statistics = dms.client.describe_replication_tasks()["ReplicationTasks"][0]["ReplicationTaskStats"]
    assert "FullLoadProgressPercent" not in statistics


def test_deletion_takes_time_in_which_endpoints_are_in_use(dms: Dms) -> None:
    task = load_task(dms)
    (source,) = (
        each["EndpointArn"] for each in dms.client.describe_endpoints()["Endpoints"] if each["EndpointType"] == "source"
    )
    dms.faults.delete_seconds = 0.3
    dms.client.delete_replication_task(ReplicationTaskArn=task)
    assert dms.status(task) == "deleting"
    with refused(_STATE_FAULT, "is part of the replication tasks"):
        dms.client.delete_endpoint(EndpointArn=source)
    time.sleep(0.3)
    assert dms.client.describe_replication_tasks()["ReplicationTasks"] == []
    dms.client.delete_endpoint(EndpointArn=source)


@pytest.mark.parametrize("count", [0, 2])
def test_former_status_is_described_a_given_number_of_times(dms: Dms, count: int) -> None:
    task = load_task(dms)
    dms.faults.stale_descriptions = count
    dms.start(task)
    assert dms.statuses(task, count + 1) == ["ready"] * count + ["starting"]
