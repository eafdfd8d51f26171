"""RDS: Aurora clusters, global databases, instances and parameter groups."""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import (
    DBCluster,
    DBClusterParameterGroup,
    DBInstance,
    DBInstanceClustered,
    DBParameterGroup,
    GlobalCluster,
    RDSBackend,
    rds_backends,
)
from moto.rds.responses import RDSResponse

from local_aws.patching import Fix, around, around_property

DEFAULT_AUTHORITY = "rds-ca-rsa2048-g1"


@around_property(DBCluster, "scaling_configuration_info")
def provisioned_cluster_has_no_scaling(moto: dict[str, Any], self: Any) -> dict[str, Any] | None:
    """AWS answers a scaling configuration for serverless v1 only; moto an empty one for every cluster."""
    return moto if self.scaling_configuration else None


@around(DBCluster, "__init__")
def cluster_keeps_what_it_was_given(original: Fix, self: Any, backend: Any, **given: Any) -> None:
    """AWS keeps these settings, and a cross-region replica takes its master user from the source."""
    if given.get("replication_source_identifier") and not given.get("master_username"):
        given.update(master_username="inherited", master_user_password="inherited-from-source")
    original(self, backend, **given)
    insights = bool(given.get("enable_performance_insights"))
    monitoring = given.get("monitoring_interval") or 0
    self.performance_insights_enabled = insights
    self.performance_insights_kms_key_id = given.get("performance_insights_kms_key_id")
    self.performance_insights_retention_period = given.get("performance_insights_retention_period")
    self.monitoring_interval = monitoring
    self.monitoring_role_arn = given.get("monitoring_role_arn")
    self.database_insights_mode = given.get("database_insights_mode") or "standard"
    self.engine_lifecycle_support = given.get("engine_lifecycle_support") or "open-source-rds-extended-support"
    self.ca_certificate_identifier = given.get("ca_certificate_identifier")


@around(DBInstance, "__init__")
def instance_keeps_its_insights(original: Fix, self: Any, *args: Any, **given: Any) -> None:
    """AWS keeps the Performance Insights settings, and gives each instance a resource id of its own.

    It also gives it the account's default authority; where that differs from the one asked for, the provider
    modifies and reboots the instance, which takes minutes.
    """
    original(self, *args, **given)
    self.ca_certificate_identifier = given.get("ca_certificate_identifier") or DEFAULT_AUTHORITY
    enabled = bool(given.get("enable_performance_insights"))
    self.performance_insights_enabled = enabled
    if enabled:
        self.performance_insights_kms_key_id = given.get("performance_insights_kms_key_id")
        self.performance_insights_retention_period = given.get("performance_insights_retention_period") or 7
    self.dbi_resource_id = f"db-{abs(hash(self.db_instance_identifier)):026d}"[:29]


@around(DBInstance, "update")
def instance_modifies_its_insights(original: Fix, self: Any, **changes: Any) -> None:
    """AWS answers `PerformanceInsightsEnabled` for what was asked as `EnablePerformanceInsights`."""
    if (enabled := changes.pop("enable_performance_insights", None)) is not None:
        self.performance_insights_enabled = enabled
    original(self, **changes)


@around_property(DBInstanceClustered, "preferred_backup_window")
def a_members_backup_window_is_the_clusters(moto: str, self: Any) -> str:
    """AWS shows the cluster's backup window on its members."""
    return str(self.cluster.preferred_backup_window or moto)


def _set_by_user(parameters: Any) -> list[dict[str, Any]]:
    return [{**parameter, "Source": "user"} for parameter in parameters]


@around(DBParameterGroup, "update_parameters")
def parameters_remember_who_set_them(original: Fix, self: Any, parameters: Any) -> None:
    """AWS answers Source=user for a parameter that was set; without it the provider sees a default."""
    original(self, _set_by_user(parameters))


@around(DBClusterParameterGroup, "update_cluster_parameters")
def cluster_parameters_remember_who_set_them(original: Fix, self: Any, parameters: Any) -> None:
    """As for instance parameter groups."""
    original(self, _set_by_user(parameters))


@around(RDSResponse, "create_global_cluster")
def global_cluster_keeps_its_database_name(original: Fix, self: Any) -> ActionResult:
    """AWS answers the database name, lifecycle support and tags that were asked for; moto drops them."""
    answer: ActionResult = original(self)
    created: GlobalCluster | None = _global_cluster_of(
        self.current_account, self.params.get("GlobalClusterIdentifier", "")
    )
    if created is not None:
        created.__dict__["database_name"] = self.params.get("DatabaseName")
        created.__dict__["engine_lifecycle_support"] = self.params.get(
            "EngineLifecycleSupport", "open-source-rds-extended-support"
        )
        created.tags = self.params.get("Tags") or []
    return answer


def _global_cluster_of(account_id: str, identifier: str) -> GlobalCluster | None:
    for backend in rds_backends[account_id].values():
        if identifier in backend.global_clusters:
            return backend.global_clusters[identifier]
    return None


def _leave(global_cluster: GlobalCluster, cluster: str) -> None:
    global_cluster.members = [
        member
        for member in global_cluster.members
        if cluster not in (member.db_cluster_arn, member.db_cluster_identifier)
    ]


@around(RDSBackend, "remove_from_global_cluster")
def a_member_of_any_region_can_leave(
    original: Fix, self: Any, global_cluster_identifier: str, db_cluster_identifier: str
) -> GlobalCluster | None:
    """AWS removes a member of any region; moto only finds those of the region that was asked."""
    found = _global_cluster_of(self.account_id, global_cluster_identifier)
    if found is None:
        unknown: GlobalCluster | None = original(self, global_cluster_identifier, db_cluster_identifier)
        return unknown
    _leave(found, db_cluster_identifier)
    return found


@around(RDSBackend, "delete_db_cluster")
def a_deleted_cluster_leaves_its_global_cluster(
    original: Fix, self: Any, cluster_identifier: str, *args: Any, **kwargs: Any
) -> DBCluster:
    """AWS keeps no deleted member; moto does, when the global cluster is of another region."""
    cluster: DBCluster = original(self, cluster_identifier, *args, **kwargs)
    if cluster.global_cluster_identifier:
        found = _global_cluster_of(self.account_id, cluster.global_cluster_identifier)
        if found is not None:
            _leave(found, cluster.db_cluster_arn)
    return cluster
