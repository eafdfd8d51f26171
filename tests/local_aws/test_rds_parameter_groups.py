"""Static parameters become effective only when an instance is rebooted."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client
from local_aws.rds_test_cluster import create_cluster


def create_cluster_with_parameters(rds: Any) -> None:
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="payments", DBParameterGroupFamily="aurora-postgresql16", Description="Parameters"
    )
    create_cluster(rds, DBClusterParameterGroupName="payments")


def set_parameter(rds: Any, name: str, value: str, method: str) -> None:
    rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName="payments",
        Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}],
    )


def status(rds: Any) -> str:
    cluster = rds.describe_db_clusters(DBClusterIdentifier="payments")["DBClusters"][0]
    (member,) = cluster["DBClusterMembers"]
    described: str = member["DBClusterParameterGroupStatus"]
    return described


def test_static_parameter_cannot_be_applied_immediately(client: Client) -> None:
    rds = client("rds")
    create_cluster_with_parameters(rds)
    with pytest.raises(ClientError, match="cannot use immediate apply method for static parameter"):
        set_parameter(rds, "rds.logical_replication", "1", "immediate")


def test_dynamic_parameter_is_applied_immediately(client: Client) -> None:
    rds = client("rds")
    create_cluster_with_parameters(rds)
    set_parameter(rds, "wal_sender_timeout", "30000", "immediate")
    assert status(rds) == "in-sync"


def test_static_parameter_is_pending_until_a_reboot(client: Client) -> None:
    rds = client("rds")
    create_cluster_with_parameters(rds)
    set_parameter(rds, "rds.logical_replication", "1", "pending-reboot")
    assert status(rds) == "pending-reboot"
    rds.reboot_db_instance(DBInstanceIdentifier="payments-1")
    assert status(rds) == "in-sync"


def test_another_parameter_group_of_a_cluster_is_pending_until_a_reboot(client: Client) -> None:
    rds = client("rds")
    create_cluster_with_parameters(rds)
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="other", DBParameterGroupFamily="aurora-postgresql16", Description="Parameters"
    )
    rds.modify_db_cluster(DBClusterIdentifier="payments", DBClusterParameterGroupName="other", ApplyImmediately=True)
    assert status(rds) == "pending-reboot"


def test_another_parameter_group_of_an_instance_is_pending_until_a_reboot(client: Client) -> None:
    rds = client("rds")
    create_cluster_with_parameters(rds)
    rds.create_db_parameter_group(
        DBParameterGroupName="other", DBParameterGroupFamily="aurora-postgresql16", Description="Parameters"
    )
    rds.modify_db_instance(DBInstanceIdentifier="payments-1", DBParameterGroupName="other", ApplyImmediately=True)
    (group,) = rds.describe_db_instances()["DBInstances"][0]["DBParameterGroups"]
    assert group == {"DBParameterGroupName": "other", "ParameterApplyStatus": "pending-reboot"}
