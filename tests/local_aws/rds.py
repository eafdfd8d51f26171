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
)
from moto.rds.responses import RDSResponse

from local_aws.patching import Method, wrap, wrap_property
from local_aws.rds_global_clusters import find_global_cluster

DEFAULT_AUTHORITY = "rds-ca-rsa2048-g1"


@wrap_property(DBCluster, "scaling_configuration_info")
def omit_empty_scaling_configuration(moto: dict[str, Any], self: Any) -> dict[str, Any] | None:
    """AWS returns a scaling configuration only for serverless v1; moto returns an empty one for every cluster."""
    return moto if self.scaling_configuration else None


@wrap(DBCluster, "__init__")
def store_cluster_settings(original: Method, self: Any, backend: Any, **kwargs: Any) -> None:
    """AWS stores these settings, and a cross-Region replica inherits the master user of its source."""
    if kwargs.get("replication_source_identifier") and not kwargs.get("master_username"):
        kwargs.update(master_username="inherited", master_user_password="inherited-from-source")
    original(self, backend, **kwargs)
    insights = bool(kwargs.get("enable_performance_insights"))
    monitoring = kwargs.get("monitoring_interval") or 0
    self.performance_insights_enabled = insights
    self.performance_insights_kms_key_id = kwargs.get("performance_insights_kms_key_id")
    self.performance_insights_retention_period = kwargs.get("performance_insights_retention_period")
    self.monitoring_interval = monitoring
    self.monitoring_role_arn = kwargs.get("monitoring_role_arn")
    self.database_insights_mode = kwargs.get("database_insights_mode") or "standard"
    self.engine_lifecycle_support = kwargs.get("engine_lifecycle_support") or "open-source-rds-extended-support"
    self.ca_certificate_identifier = kwargs.get("ca_certificate_identifier")


@wrap(DBInstance, "__init__")
def store_performance_insights(original: Method, self: Any, *args: Any, **kwargs: Any) -> None:
    """AWS stores the Performance Insights settings and gives each instance its own resource id.

    It also assigns the default certificate authority of the account. If it differs from the requested one, the
    provider modifies and reboots the instance, which takes minutes.
    """
    original(self, *args, **kwargs)
    self.ca_certificate_identifier = kwargs.get("ca_certificate_identifier") or DEFAULT_AUTHORITY
    enabled = bool(kwargs.get("enable_performance_insights"))
    self.performance_insights_enabled = enabled
    if enabled:
        self.performance_insights_kms_key_id = kwargs.get("performance_insights_kms_key_id")
        self.performance_insights_retention_period = kwargs.get("performance_insights_retention_period") or 7
    self.dbi_resource_id = f"db-{abs(hash(self.db_instance_identifier)):026d}"[:29]


@wrap(DBInstance, "update")
def update_performance_insights(original: Method, self: Any, **changes: Any) -> None:
    """AWS returns `EnablePerformanceInsights` of the request as `PerformanceInsightsEnabled`."""
    if (enabled := changes.pop("enable_performance_insights", None)) is not None:
        self.performance_insights_enabled = enabled
    original(self, **changes)


@wrap_property(DBInstanceClustered, "preferred_backup_window")
def return_backup_window_of_cluster(moto: str, self: Any) -> str:
    """AWS returns the backup window of the cluster for its members."""
    return str(self.cluster.preferred_backup_window or moto)


def _with_user_source(parameters: Any) -> list[dict[str, Any]]:
    return [{**parameter, "Source": "user"} for parameter in parameters]


@wrap(DBParameterGroup, "update_parameters")
def mark_parameters_as_set_by_user(original: Method, self: Any, parameters: Any) -> None:
    """AWS returns Source=user for a parameter that was set; without it, the provider sees a default."""
    original(self, _with_user_source(parameters))


@wrap(DBClusterParameterGroup, "update_cluster_parameters")
def mark_cluster_parameters_as_set_by_user(original: Method, self: Any, parameters: Any) -> None:
    """Apply the same to cluster parameter groups."""
    original(self, _with_user_source(parameters))


@wrap(RDSResponse, "create_global_cluster")
def store_global_cluster_settings(original: Method, self: Any) -> ActionResult:
    """AWS stores the database name, lifecycle support and tags; moto drops them."""
    response: ActionResult = original(self)
    created: GlobalCluster | None = find_global_cluster(
        self.current_account, self.params.get("GlobalClusterIdentifier", "")
    )
    if created is not None:
        created.__dict__["database_name"] = self.params.get("DatabaseName")
        created.__dict__["engine_lifecycle_support"] = self.params.get(
            "EngineLifecycleSupport", "open-source-rds-extended-support"
        )
        created.tags = self.params.get("Tags") or []
    return response
