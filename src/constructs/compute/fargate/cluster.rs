//! ECS clusters.

use super::roles::{Roles, RolesProps};
use crate::aws;
use crate::aws::ecs_cluster::{
    Configuration, ExecuteCommandConfiguration, LogConfiguration, ManagedStorageConfiguration,
    Setting, SettingArgs,
};
use crate::constructs::core::{Context, Statement};
use crate::constructs::network::program_security_group::{
    ProgramSecurityGroupProps, add_program_security_group,
};
use crate::constructs::network::security_group_rules::NetworkPlacement;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Region, RetentionDays};
use crate::terraform::tree::{Handle, Scope};

/// A cluster for the versions of one service in one network.
#[derive(Clone, Copy, Debug)]
pub struct EcsCluster {
    pub(super) cluster: Handle<aws::EcsCluster>,
    pub(super) log_group: Handle<aws::CloudwatchLogGroup>,
    pub(super) roles: Roles,
    /// The placement of its tasks.
    pub placement: NetworkPlacement,
    /// The region.
    pub region: Region,
}

/// Configuration of a cluster.
#[derive(Clone, Debug)]
pub struct EcsClusterProps<'a> {
    /// The keys of the service and of the network in physical names: `["payments", "primary"]`.
    pub keys: [&'a str; 2],
    /// The name of the image's repository.
    pub repository: String,
    /// Retention of log groups.
    pub retention: RetentionDays,
    /// Permissions of the tasks.
    pub permissions: Vec<Statement>,
}

/// Components that a cluster uses, in its region.
#[derive(Clone, Copy, Debug)]
pub struct EcsClusterDeps<'a> {
    /// The network of the tasks, in the tier `private`.
    pub network: &'a Network,
    /// Encrypts log groups.
    pub logs_key: KmsKey,
    /// Encrypts the tasks' ephemeral storage.
    pub storage_key: KmsKey,
}

impl EcsCluster {
    /// Adds a cluster with its log groups, roles and security group. They exist in every phase: they cost nothing, and
    /// the logs are records.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: EcsClusterProps<'_>,
        deps: EcsClusterDeps<'_>,
    ) -> Self {
        let name = context.names.keyed("ecs", props.keys);
        let tasks_log = scope.add(
            "log-group",
            log_group(format!("/aws/ecs/{name}"), props.retention, deps.logs_key),
        );
        // Otherwise Container Insights creates it, without a key and with unlimited retention.
        let insights = scope.add(
            "insights",
            log_group(
                format!("/aws/ecs/containerinsights/{name}/performance"),
                props.retention,
                deps.logs_key,
            ),
        );
        let storage = ManagedStorageConfiguration::new()
            .fargate_ephemeral_storage_kms_key_id(deps.storage_key.arn());
        // No task allows ECS Exec; if that changes, its sessions are logged.
        let sessions = ExecuteCommandConfiguration::new()
            .logging("OVERRIDE")
            .log_configuration(
                LogConfiguration::new()
                    .cloud_watch_encryption_enabled(true)
                    .cloud_watch_log_group_name(tasks_log.name()),
            );
        let cluster = aws::EcsCluster::new(name)
            .setting([Setting::new(SettingArgs {
                name: "containerInsights".into(),
                value: "enabled".into(),
            })])
            .configuration(
                Configuration::new()
                    .managed_storage_configuration(storage)
                    .execute_command_configuration(sessions),
            )
            .depends_on(insights);
        let roles = RolesProps {
            keys: props.keys,
            region: deps.network.region,
            repository: &props.repository,
            permissions: props.permissions,
        };
        let roles = Roles::new(scope, context, roles, tasks_log);
        let [service, network] = props.keys;
        let security_group = ProgramSecurityGroupProps {
            token: "tasks",
            keys: &props.keys,
            description: format!("Security group of service {service} in network {network}"),
        };
        Self {
            cluster: scope.add("cluster", cluster),
            log_group: tasks_log,
            roles,
            placement: add_program_security_group(scope, context, security_group, deps.network),
            region: deps.network.region,
        }
    }
}
