"""Names of databases exist once."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


def reject(operation: Any, code: str, **arguments: Any) -> None:
    """Call an operation twice; the second call must be rejected."""
    operation(**arguments)
    with pytest.raises(ClientError, match=code):
        operation(**arguments)


def test_existing_cluster_is_rejected(client: Client) -> None:
    reject(
        client("rds").create_db_cluster,
        "DBClusterAlreadyExistsFault",
        DBClusterIdentifier="payments",
        Engine="aurora-postgresql",
        MasterUsername="administrator",
        MasterUserPassword="a-long-password",
    )


def test_global_cluster_of_any_region_is_rejected(client: Client) -> None:
    arguments = {"GlobalClusterIdentifier": "payments", "Engine": "aurora-postgresql"}
    client("rds").create_global_cluster(**arguments)
    for region in ("us-east-1", "us-east-2"):
        with pytest.raises(ClientError, match="GlobalClusterAlreadyExistsFault"):
            client("rds", region).create_global_cluster(**arguments)


def test_existing_subnet_group_is_rejected(client: Client) -> None:
    subnets = [subnet["SubnetId"] for subnet in client("ec2").describe_subnets()["Subnets"][:2]]
    reject(
        client("rds").create_db_subnet_group,
        "DBSubnetGroupAlreadyExists",
        DBSubnetGroupName="payments",
        DBSubnetGroupDescription="Subnets",
        SubnetIds=subnets,
    )


def test_existing_parameter_group_is_rejected(client: Client) -> None:
    reject(
        client("rds").create_db_cluster_parameter_group,
        "DBParameterGroupAlreadyExists",
        DBClusterParameterGroupName="payments",
        DBParameterGroupFamily="aurora-postgresql16",
        Description="Parameters",
    )
