"""Members of a global database, and its change of the region."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client

PRIMARY, SECONDARY = "us-east-1", "us-east-2"


@pytest.fixture
def members(client: Client) -> Mapping[str, str]:
    """Create a global database with an instance in each region; return the ARNs of its clusters."""
    client("rds").create_global_cluster(GlobalClusterIdentifier="payments", Engine="aurora-postgresql")
    user = {"MasterUsername": "administrator", "MasterUserPassword": "a-long-password"}
    for region in (PRIMARY, SECONDARY):
        client("rds", region).create_db_cluster(
            DBClusterIdentifier=f"payments-{region}",
            Engine="aurora-postgresql",
            GlobalClusterIdentifier="payments",
            **(user if region == PRIMARY else {}),
        )
        client("rds", region).create_db_instance(
            DBInstanceIdentifier=f"payments-{region}-1",
            DBInstanceClass="db.r6g.large",
            Engine="aurora-postgresql",
            DBClusterIdentifier=f"payments-{region}",
        )
    return {region: describe(client, region)["DBClusterArn"] for region in (PRIMARY, SECONDARY)}


def describe(client: Client, region: str) -> Mapping[str, Any]:
    clusters = client("rds", region).describe_db_clusters(DBClusterIdentifier=f"payments-{region}")["DBClusters"]
    cluster: Mapping[str, Any] = clusters[0]
    return cluster


def switch_over(client: Client, target: str) -> None:
    client("rds").switchover_global_cluster(GlobalClusterIdentifier="payments", TargetDbClusterIdentifier=target)


def writers(client: Client) -> list[str]:
    (found,) = client("rds").describe_global_clusters()["GlobalClusters"]
    return [member["DBClusterArn"] for member in found["GlobalClusterMembers"] if member["IsWriter"]]


def test_global_databases_are_described_by_identifier_and_by_member(client: Client, members: Mapping[str, str]) -> None:
    rds = client("rds")
    rds.create_global_cluster(GlobalClusterIdentifier="ledgers", Engine="aurora-postgresql")
    by_member = {"Name": "db-cluster-id", "Values": [members[SECONDARY]]}
    for selection in ({"GlobalClusterIdentifier": "payments"}, {"Filters": [by_member]}):
        (found,) = rds.describe_global_clusters(**selection)["GlobalClusters"]
        assert found["GlobalClusterIdentifier"] == "payments"
    assert len(rds.describe_global_clusters()["GlobalClusters"]) == 2
    with pytest.raises(ClientError, match="GlobalClusterNotFoundFault"):
        rds.describe_global_clusters(GlobalClusterIdentifier="absent")


def test_secondary_names_the_primary_as_its_source(client: Client, members: Mapping[str, str]) -> None:
    assert describe(client, SECONDARY)["ReplicationSourceIdentifier"] == members[PRIMARY]
    assert not describe(client, PRIMARY).get("ReplicationSourceIdentifier")


def test_tags_of_a_global_database_change(client: Client, members: Mapping[str, str]) -> None:
    (found,) = client("rds").describe_global_clusters()["GlobalClusters"]
    client("rds").add_tags_to_resource(
        ResourceName=found["GlobalClusterArn"], Tags=[{"Key": "Phase", "Value": "migration"}]
    )
    (tagged,) = client("rds").describe_global_clusters()["GlobalClusters"]
    assert {"Key": "Phase", "Value": "migration"} in tagged["TagList"]


def test_switchover_swaps_the_roles(client: Client, members: Mapping[str, str]) -> None:
    switch_over(client, members[SECONDARY])
    assert writers(client) == [members[SECONDARY]]
    assert describe(client, PRIMARY)["ReplicationSourceIdentifier"] == members[SECONDARY]
    assert not describe(client, SECONDARY).get("ReplicationSourceIdentifier")


def test_switchover_to_the_primary_is_rejected(client: Client, members: Mapping[str, str]) -> None:
    with pytest.raises(ClientError, match="InvalidDBClusterStateFault"):
        switch_over(client, members[PRIMARY])


def test_switchover_to_a_cluster_without_instances_is_rejected(client: Client, members: Mapping[str, str]) -> None:
    client("rds", SECONDARY).delete_db_instance(DBInstanceIdentifier=f"payments-{SECONDARY}-1", SkipFinalSnapshot=True)
    with pytest.raises(ClientError, match="InvalidDBClusterStateFault"):
        switch_over(client, members[SECONDARY])


def test_switchover_to_a_cluster_outside_is_rejected(client: Client, members: Mapping[str, str]) -> None:
    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        switch_over(client, members[SECONDARY] + "-other")


def test_primary_with_a_secondary_is_not_removed(client: Client, members: Mapping[str, str]) -> None:
    for operation, arguments in (
        (
            "remove_from_global_cluster",
            {"GlobalClusterIdentifier": "payments", "DbClusterIdentifier": members[PRIMARY]},
        ),
        ("delete_db_cluster", {"DBClusterIdentifier": f"payments-{PRIMARY}", "SkipFinalSnapshot": True}),
    ):
        with pytest.raises(ClientError, match="InvalidGlobalClusterStateFault"):
            getattr(client("rds"), operation)(**arguments)
