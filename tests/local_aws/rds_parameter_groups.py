"""RDS: static parameters, and values that become effective when an instance is rebooted."""

from collections.abc import Iterable, MutableMapping
from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBCluster, DBClusterParameterGroup, DBInstance, DBParameterGroup, RDSBackend

from local_aws.patching import Method, wrap, wrap_property

IN_SYNC = "in-sync"
PENDING_REBOOT = "pending-reboot"

STATIC_PARAMETERS = frozenset(
    {
        # PostgreSQL: `context` of pg_settings is `postmaster`.
        "max_connections",
        "max_logical_replication_workers",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "track_activity_query_size",
        # Aurora MySQL
        "binlog_format",
        "innodb_buffer_pool_size",
        "lower_case_table_names",
        "performance_schema",
    }
)
"""The parameters that Aurora reads only when it starts. Source: `ApplyType` of DescribeDBClusterParameters."""


def reject_immediate_change_of_static_parameter(parameters: Iterable[dict[str, Any]]) -> None:
    """Raise the error of AWS."""
    if any(
        parameter["ParameterName"] in STATIC_PARAMETERS and parameter.get("ApplyMethod") == "immediate"
        for parameter in parameters
    ):
        raise RDSClientError("InvalidParameterCombination", "cannot use immediate apply method for static parameter")


@wrap(DBClusterParameterGroup, "update_cluster_parameters")
def require_reboot_of_members(original: Method, self: Any, parameters: list[dict[str, Any]]) -> None:
    """AWS rejects an immediate change of a static parameter; any other change of one is pending until a reboot."""
    reject_immediate_change_of_static_parameter(parameters)
    original(self, parameters)
    if _requires_reboot(parameters):
        for cluster in self.backend.clusters.values():
            if cluster.parameter_group == self.name:
                _require_reboot(cluster.members)


@wrap(DBParameterGroup, "update_parameters")
def require_reboot_of_instances(original: Method, self: Any, parameters: list[dict[str, Any]]) -> None:
    """Do the same for the parameter group of an instance."""
    reject_immediate_change_of_static_parameter(parameters)
    original(self, parameters)
    if _requires_reboot(parameters):
        for instance in self.backend.databases.values():
            if instance.db_parameter_group_name == self.name:
                instance.parameter_apply_status = PENDING_REBOOT


def _requires_reboot(parameters: Iterable[dict[str, Any]]) -> bool:
    return any(parameter.get("ApplyMethod") == PENDING_REBOOT for parameter in parameters)


def _require_reboot(members: Iterable[Any]) -> None:
    for member in members:
        member.cluster_parameter_status = PENDING_REBOOT


@wrap(RDSBackend, "modify_db_cluster")
def require_reboot_for_group_of_cluster(original: Method, self: Any, kwargs: MutableMapping[str, Any]) -> DBCluster:
    """AWS associates another parameter group immediately, and applies its static parameters at the next reboot."""
    cluster = self.describe_db_clusters(kwargs["db_cluster_identifier"])[0]
    group = kwargs.get("db_cluster_parameter_group_name")
    if group is not None and group != cluster.parameter_group:
        _require_reboot(cluster.members)
    modified: DBCluster = original(self, kwargs)
    return modified


@wrap(RDSBackend, "modify_db_instance")
def require_reboot_for_group_of_instance(
    original: Method, self: Any, db_instance_identifier: str, db_kwargs: MutableMapping[str, Any]
) -> DBInstance:
    """Do the same for the parameter group of an instance."""
    instance = self.describe_db_instances(db_instance_identifier)[0]
    group = db_kwargs.get("db_parameter_group_name")
    if group is not None and group != instance.db_parameter_group_name:
        instance.parameter_apply_status = PENDING_REBOOT
    modified: DBInstance = original(self, db_instance_identifier, db_kwargs)
    return modified


@wrap(RDSBackend, "reboot_db_instance")
def apply_static_parameters(original: Method, self: Any, db_instance_identifier: str) -> DBInstance:
    """A reboot makes all parameters effective; modifications that wait for the maintenance window stay pending."""
    instance: DBInstance = original(self, db_instance_identifier)
    instance.__dict__["parameter_apply_status"] = IN_SYNC
    instance.__dict__["cluster_parameter_status"] = IN_SYNC
    return instance


@wrap_property(DBCluster, "db_cluster_members")
def return_status_of_cluster_parameters(moto: list[dict[str, Any]], self: Any) -> list[dict[str, Any]]:
    """AWS returns whether a member uses the parameters of its group."""
    return [
        {**described, "DBClusterParameterGroupStatus": getattr(member, "cluster_parameter_status", IN_SYNC)}
        for described, member in zip(moto, self.members, strict=True)
    ]


@wrap_property(DBInstance, "db_parameter_group_status_list")
def return_status_of_parameters(moto: list[Any], self: Any) -> list[dict[str, Any]]:
    """AWS returns whether an instance uses the parameters of its group."""
    status = getattr(self, "parameter_apply_status", IN_SYNC)
    return [{"DBParameterGroupName": group.name, "ParameterApplyStatus": status} for group in moto]
