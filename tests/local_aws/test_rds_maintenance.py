"""AWS defers some modifications of a database to the maintenance window."""

from typing import Any

from local_aws.conftest import Client
from local_aws.rds_test_cluster import create_cluster


def instance(rds: Any) -> dict[str, Any]:
    described: dict[str, Any] = rds.describe_db_instances(DBInstanceIdentifier="payments-1")["DBInstances"][0]
    return described


def cluster(rds: Any) -> dict[str, Any]:
    described: dict[str, Any] = rds.describe_db_clusters(DBClusterIdentifier="payments")["DBClusters"][0]
    return described


def modify_class(rds: Any, name: str, **settings: Any) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="payments-1", DBInstanceClass=name, **settings)


def test_another_class_is_pending_until_the_maintenance_window(client: Client) -> None:
    rds = client("rds")
    create_cluster(rds, EngineVersion="16.4")
    modify_class(rds, "db.r6g.2xlarge")
    assert instance(rds)["DBInstanceClass"] == "db.r6g.large"
    assert instance(rds)["PendingModifiedValues"] == {"DBInstanceClass": "db.r6g.2xlarge"}


def test_reboot_does_not_apply_a_pending_class(client: Client) -> None:
    rds = client("rds")
    create_cluster(rds, EngineVersion="16.4")
    modify_class(rds, "db.r6g.2xlarge")
    rds.reboot_db_instance(DBInstanceIdentifier="payments-1")
    assert instance(rds)["DBInstanceClass"] == "db.r6g.large"


def test_another_class_is_applied_immediately_on_request(client: Client) -> None:
    rds = client("rds")
    create_cluster(rds, EngineVersion="16.4")
    modify_class(rds, "db.r6g.2xlarge", ApplyImmediately=True)
    assert instance(rds)["DBInstanceClass"] == "db.r6g.2xlarge"
    assert instance(rds)["PendingModifiedValues"] == {}


def test_immediate_modification_applies_pending_values(client: Client) -> None:
    rds = client("rds")
    create_cluster(rds, EngineVersion="16.4")
    modify_class(rds, "db.r6g.2xlarge")
    rds.modify_db_instance(DBInstanceIdentifier="payments-1", CopyTagsToSnapshot=True, ApplyImmediately=True)
    assert instance(rds)["DBInstanceClass"] == "db.r6g.2xlarge"


def test_pending_class_is_withdrawn_by_a_request_for_the_current_one(client: Client) -> None:
    rds = client("rds")
    create_cluster(rds, EngineVersion="16.4")
    modify_class(rds, "db.r6g.2xlarge")
    modify_class(rds, "db.r6g.large")
    assert instance(rds)["PendingModifiedValues"] == {}


def test_deletion_protection_is_never_deferred(client: Client) -> None:
    rds = client("rds")
    create_cluster(rds, EngineVersion="16.4")
    rds.modify_db_cluster(DBClusterIdentifier="payments", DeletionProtection=True)
    assert cluster(rds)["DeletionProtection"] is True


def test_engine_version_of_a_cluster_is_deferred(client: Client) -> None:
    rds = client("rds")
    create_cluster(rds, EngineVersion="16.4")
    rds.modify_db_cluster(DBClusterIdentifier="payments", EngineVersion="16.6")
    assert cluster(rds)["EngineVersion"] == "16.4"
    assert cluster(rds)["PendingModifiedValues"] == {"EngineVersion": "16.6"}
    rds.modify_db_cluster(DBClusterIdentifier="payments", EngineVersion="16.6", ApplyImmediately=True)
    assert cluster(rds)["EngineVersion"] == "16.6"


def test_iam_authentication_of_a_cluster_is_deferred(client: Client) -> None:
    rds = client("rds")
    create_cluster(rds, EngineVersion="16.4")
    rds.modify_db_cluster(DBClusterIdentifier="payments", EnableIAMDatabaseAuthentication=True)
    assert cluster(rds)["IAMDatabaseAuthenticationEnabled"] is False
    assert cluster(rds)["PendingModifiedValues"] == {"IAMDatabaseAuthenticationEnabled": True}
    rds.modify_db_cluster(DBClusterIdentifier="payments", ApplyImmediately=True)
    assert cluster(rds)["IAMDatabaseAuthenticationEnabled"] is True
