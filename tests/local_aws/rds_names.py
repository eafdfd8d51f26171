"""RDS: names of clusters, global clusters and subnet groups exist once."""

from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import RDSBackend, rds_backends

from local_aws.patching import Method, wrap


@wrap(RDSBackend, "create_db_cluster")
def reject_existing_cluster(original: Method, self: Any, kwargs: Any) -> Any:
    """moto reports an existing snapshot instead."""
    if kwargs["db_cluster_identifier"].lower() in self.clusters:
        raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    return original(self, kwargs)


@wrap(RDSBackend, "create_global_cluster")
def reject_existing_global_cluster(
    original: Method, self: Any, global_cluster_identifier: str, *args: Any, **kwargs: Any
) -> Any:
    """moto replaces the existing one. The name is unique in the account, in all Regions."""
    regions = rds_backends[self.account_id].values()
    if any(global_cluster_identifier in region.global_clusters for region in regions):
        message = f"Global cluster {global_cluster_identifier} already exists"
        raise RDSClientError("GlobalClusterAlreadyExistsFault", message)
    return original(self, global_cluster_identifier, *args, **kwargs)


@wrap(RDSBackend, "create_subnet_group")
def reject_existing_subnet_group(original: Method, self: Any, subnet_name: str, *args: Any, **kwargs: Any) -> Any:
    """moto replaces the existing one."""
    if subnet_name in self.subnet_groups:
        raise RDSClientError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{subnet_name}' already exists.")
    return original(self, subnet_name, *args, **kwargs)
