"""RDS: modifications that AWS defers to the maintenance window unless a request applies them immediately.

Source: RDS API reference, `ModifyDBInstance` and `ModifyDBCluster`; `PendingModifiedValues` lists the same settings.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

from moto.rds.models import DBCluster, DBInstance, RDSBackend

from local_aws.patching import Method, wrap

# The settings by their name in a request, each with moto's attribute; AWS changes all others immediately.
DEFERRED_OF_INSTANCE = {
    "AllocatedStorage": "allocated_storage",
    "BackupRetentionPeriod": "backup_retention_period",
    "CACertificateIdentifier": "ca_certificate_identifier",
    "DBInstanceClass": "db_instance_class",
    "DBSubnetGroupName": "_db_subnet_group_name",
    "EnableIAMDatabaseAuthentication": "enable_iam_database_authentication",
    "EngineVersion": "engine_version",
    "Iops": "iops",
    "LicenseModel": "license_model",
    "MultiAZ": "multi_az",
    "NewDBInstanceIdentifier": "db_instance_identifier",
    "OptionGroupName": "option_group_name",
    "StorageThroughput": "storage_throughput",
    "StorageType": "storage_type",
}
DEFERRED_OF_CLUSTER = {
    "EnableIAMDatabaseAuthentication": "iam_auth",
    "EngineVersion": "engine_version",
    "NewDBClusterIdentifier": "db_cluster_identifier",
}

# The names in a response that differ from those in a request.
RESPONSE_NAMES = {
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "NewDBClusterIdentifier": "DBClusterIdentifier",
    "NewDBInstanceIdentifier": "DBInstanceIdentifier",
}


@wrap(RDSBackend, "modify_db_instance")
def defer_modification_of_instance(
    original: Method, self: Any, db_instance_identifier: str, db_kwargs: MutableMapping[str, Any]
) -> DBInstance:
    """moto changes a class, a version or a certificate authority immediately."""
    instance = self.describe_db_instances(db_instance_identifier)[0]
    defer(instance, db_kwargs, DEFERRED_OF_INSTANCE)
    modified: DBInstance = original(self, db_instance_identifier, db_kwargs)
    return modified


@wrap(RDSBackend, "modify_db_cluster")
def defer_modification_of_cluster(original: Method, self: Any, kwargs: MutableMapping[str, Any]) -> DBCluster:
    """moto changes a version immediately, and IAM authentication never."""
    cluster = self.describe_db_clusters(kwargs["db_cluster_identifier"])[0]
    defer(cluster, kwargs, DEFERRED_OF_CLUSTER)
    if (iam := kwargs.get("EnableIAMDatabaseAuthentication")) is not None:
        cluster.iam_auth = iam
    modified: DBCluster = original(self, kwargs)
    return modified


def defer(resource: Any, request: MutableMapping[str, Any], attributes: Mapping[str, str]) -> None:
    """Move settings from a request to the pending values; an immediate request applies the pending values, too."""
    deferred: dict[str, Any] = resource.__dict__.setdefault("deferred_values", {})
    if request.get("ApplyImmediately"):
        for name, value in deferred.items():
            request.setdefault(name, value)
        deferred.clear()
    else:
        for name, attribute in attributes.items():
            value = request.pop(name, None)
            if value is not None:
                deferred.pop(name, None)
                if value != getattr(resource, attribute, None):
                    deferred[name] = value
    resource.pending_modified_values = {RESPONSE_NAMES.get(name, name): value for name, value in deferred.items()}
