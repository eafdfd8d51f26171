"""RDS: the members of a global database and its change of the region.

Source: RDS API reference, `SwitchoverGlobalCluster`, `FailoverGlobalCluster` and `RemoveFromGlobalCluster`.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import DBCluster, GlobalCluster, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

from local_aws.patching import Method, add_action, wrap


def find_global_cluster(account_id: str, identifier: str) -> GlobalCluster | None:
    """Return the global cluster, which has no region."""
    for backend in rds_backends[account_id].values():
        if identifier in backend.global_clusters:
            return backend.global_clusters[identifier]
    return None


@wrap(RDSResponse, "describe_global_clusters")
def select_global_clusters(original: Method, self: Any) -> ActionResult:
    """moto ignores the identifier and the filter `db-cluster-id`, and returns all global clusters."""
    selected: list[GlobalCluster] = self.global_backend.describe_global_clusters()
    identifier = self.params.get("GlobalClusterIdentifier")
    if identifier is not None:
        selected = [cluster for cluster in selected if cluster.global_cluster_identifier == identifier]
        if not selected:
            raise RDSClientError("GlobalClusterNotFoundFault", f"Global cluster {identifier} not found")
    for entry in self.params.get("Filters") or []:
        selected = [cluster for cluster in selected if any(_is_one_of(member, entry) for member in cluster.members)]
    return ActionResult({"GlobalClusters": selected})


def _is_one_of(member: DBCluster, entry: dict[str, Any]) -> bool:
    return bool({member.db_cluster_identifier, member.db_cluster_arn} & {*entry["Values"]})


@wrap(RDSBackend, "create_db_cluster")
def set_source_of_secondary(original: Method, self: Any, kwargs: dict[str, Any]) -> DBCluster:
    """AWS returns the primary of a secondary as its ReplicationSourceIdentifier; moto returns none."""
    created: DBCluster = original(self, kwargs)
    if created.global_cluster_identifier:
        found = find_global_cluster(self.account_id, created.global_cluster_identifier)
        if found is not None:
            _set_sources(found)
    return created


@wrap(RDSBackend, "_get_resource_for_tagging")
def find_tagged_global_cluster(original: Method, self: Any, arn: str) -> Any:
    """AWS tags a global cluster, whose ARN has no region; moto rejects the ARN."""
    *_, kind, identifier = arn.split(":")
    return find_global_cluster(self.account_id, identifier) if kind == "global-cluster" else original(self, arn)


@wrap(RDSBackend, "remove_from_global_cluster")
def remove_member_of_any_region(
    original: Method, self: Any, global_cluster_identifier: str, db_cluster_identifier: str
) -> GlobalCluster | None:
    """AWS removes a member in any Region, but no primary with a secondary; moto finds only members in one Region."""
    found = find_global_cluster(self.account_id, global_cluster_identifier)
    if found is None:
        unknown: GlobalCluster | None = original(self, global_cluster_identifier, db_cluster_identifier)
        return unknown
    member = _find_member(found, db_cluster_identifier)
    if member is not None:
        _remove_member(found, member)
    return found


@wrap(RDSBackend, "delete_db_cluster")
def remove_deleted_cluster_from_global_cluster(
    original: Method, self: Any, cluster_identifier: str, *args: Any, **kwargs: Any
) -> DBCluster:
    """AWS deletes no primary with a secondary, and removes a deleted member; moto keeps one of another Region."""
    cluster = self.clusters.get(cluster_identifier)
    found = None
    if cluster is not None and cluster.global_cluster_identifier:
        found = find_global_cluster(self.account_id, cluster.global_cluster_identifier)
    member = None if found is None else _find_member(found, cluster.db_cluster_arn)
    if found is not None and member is not None:
        _require_removable(found, member)
    deleted: DBCluster = original(self, cluster_identifier, *args, **kwargs)
    if found is not None and member is not None:
        found.members = [other for other in found.members if other is not member]
    return deleted


@add_action(RDSResponse, "switchover_global_cluster")
def switchover_global_cluster(self: Any) -> ActionResult:
    """Make the target the primary; moto lacks the action."""
    return ActionResult({"GlobalCluster": _promote(self)})


@add_action(RDSResponse, "failover_global_cluster")
def failover_global_cluster(self: Any) -> ActionResult:
    """Make the target the primary; moto lacks the action."""
    return ActionResult({"GlobalCluster": _promote(self)})


def _promote(response: Any) -> GlobalCluster:
    identifier, target = response.params["GlobalClusterIdentifier"], response.params["TargetDbClusterIdentifier"]
    found = find_global_cluster(response.current_account, identifier)
    if found is None:
        raise RDSClientError("GlobalClusterNotFoundFault", f"Global cluster {identifier} not found")
    promoted = _find_member(found, target)
    if promoted is None or not str(target).startswith("arn:"):
        raise DBClusterNotFoundError(target)
    if promoted.is_writer:
        raise RDSClientError("InvalidDBClusterStateFault", f"{target} is the primary cluster already")
    if not promoted.members:
        raise RDSClientError("InvalidDBClusterStateFault", f"{target} has no instances")
    for member in found.members:
        member.is_writer = member is promoted
    _set_sources(found)
    return found


def _find_member(global_cluster: GlobalCluster, cluster: str) -> DBCluster | None:
    for member in global_cluster.members:
        if cluster in (member.db_cluster_arn, member.db_cluster_identifier):
            return member
    return None


def _require_removable(global_cluster: GlobalCluster, member: DBCluster) -> None:
    if member.is_writer and len(global_cluster.members) > 1:
        raise RDSClientError(
            "InvalidGlobalClusterStateFault",
            f"{member.db_cluster_identifier} is the primary of a global cluster that has secondary clusters",
        )


def _remove_member(global_cluster: GlobalCluster, member: DBCluster) -> None:
    _require_removable(global_cluster, member)
    global_cluster.members = [other for other in global_cluster.members if other is not member]
    member.global_cluster_identifier = None
    member.replication_source_identifier = None


def _set_sources(global_cluster: GlobalCluster) -> None:
    primary = next((member for member in global_cluster.members if member.is_writer), None)
    for member in global_cluster.members:
        is_secondary = primary is not None and member is not primary
        member.replication_source_identifier = primary.db_cluster_arn if primary and is_secondary else None
