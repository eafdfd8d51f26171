//! Containers on ECS Fargate: a cluster in each network of a service, and in it an ECS service for each
//! version that runs.
//!
//! A task that leaves loses no request: its target drains before it gets SIGTERM, and nothing leaves before
//! what replaces it is healthy.

mod failures;
mod roles;
mod scaling;
mod task;

pub use failures::notify_deployment_failures;

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::ecs_cluster::{
    Configuration, ExecuteCommandConfiguration, LogConfiguration, ManagedStorageConfiguration,
    Setting, SettingArgs,
};
use crate::aws::ecs_service::{
    DeploymentCircuitBreaker, DeploymentCircuitBreakerArgs, DeploymentController, LoadBalancer,
    LoadBalancerArgs, NetworkConfiguration, Timeouts,
};
use crate::config::{Color, Fargate as Config, Tier};
use crate::constructs::compute::image::Image;
use crate::constructs::core::{Context, Statement, with_ignored_changes};
use crate::constructs::network::program_security_group::{
    ProgramSecurityGroupProps, add_program_security_group,
};
use crate::constructs::network::security_group_rules::NetworkPlacement;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Region, RetentionDays};
use crate::terraform::tree::{Handle, Scope, Value};
use roles::Roles;

/// Seconds in which a new task may start before the load balancer's checks count.
const GRACE: u8 = 60;
/// Percent of the tasks that are healthy while versions change: all.
const HEALTHY: u8 = 100;
/// Percent of the tasks that run while versions change: the old and the new.
const MOST: u8 = 200;
/// How long a deployment may take: starting, the grace period, and draining, for a few waves of tasks.
const DEPLOYED_WITHIN: &str = "20m";

/// A service in one network.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// What the stack file says of the service.
    pub config: &'a Config,
    /// Its part of names, and that of the network: `["payments", "primary"]`.
    pub keys: [&'a str; 2],
    /// The network that it runs in, in the tier `private`.
    pub network: &'a Network,
}

/// What a service stands on in one network.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The name of the image's repository.
    pub repository: String,
    /// Encrypts log groups.
    pub logs_key: KmsKey,
    /// Encrypts what tasks write.
    pub storage_key: KmsKey,
    /// How long log groups are kept.
    pub retention: RetentionDays,
    /// What the tasks may do.
    pub allowed: Vec<Statement>,
}

/// A cluster for the versions of one service in one network.
#[derive(Clone, Copy, Debug)]
pub struct Cluster {
    cluster: Handle<aws::EcsCluster>,
    log_group: Handle<aws::CloudwatchLogGroup>,
    roles: Roles,
    /// Where its tasks stand.
    pub placement: NetworkPlacement,
    /// Its region.
    pub region: Region,
}

/// A version of a service that is to run.
#[derive(Debug)]
pub struct Version {
    /// Its color, where there are two.
    pub color: Option<Color>,
    /// What it runs.
    pub image: Image,
    /// Its environment variables, beside those that every container gets.
    pub environment: BTreeMap<String, Value<String>>,
    /// What requests reach it by.
    pub served: Vec<Served>,
}

/// A target group, and the rule that makes it serve.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// The target group.
    pub group: Handle<aws::LbTargetGroup>,
    /// The rule that it is in: ECS refuses a target group that no load balancer has (ECS developer
    /// guide, "Service load balancing considerations").
    pub rule: Handle<aws::LbListenerRule>,
}

/// A version that runs.
#[derive(Clone, Debug)]
pub struct Tasks {
    /// Its part of names: `payments-primary-blue`.
    pub token: String,
    /// Its color, where there are two.
    pub color: Option<Color>,
    /// Its cluster.
    pub cluster: Handle<aws::EcsCluster>,
    /// Its service.
    pub service: Handle<aws::EcsService>,
    /// The fewest tasks that it should have.
    pub least: u16,
}

impl Cluster {
    /// What stands in every phase: nothing of it costs anything, and its logs are a record.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        plan: Plan<'_>,
        ground: Ground,
    ) -> Self {
        let name = context.names.keyed("ecs", plan.keys);
        let tasks_log = scope.add(
            "log-group",
            log_group(
                format!("/aws/ecs/{name}"),
                ground.retention,
                ground.logs_key,
            ),
        );
        // Else Container Insights makes it, without a key and for ever.
        let insights = scope.add(
            "insights",
            log_group(
                format!("/aws/ecs/containerinsights/{name}/performance"),
                ground.retention,
                ground.logs_key,
            ),
        );
        let storage = ManagedStorageConfiguration::new()
            .fargate_ephemeral_storage_kms_key_id(ground.storage_key.arn());
        // No task lets anybody in; should somebody change that, it is on record.
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
        let roles = Roles::new(
            scope,
            context,
            plan,
            &ground.repository,
            tasks_log,
            ground.allowed,
        );
        let [service, network] = plan.keys;
        let security_group = ProgramSecurityGroupProps {
            token: "tasks",
            keys: &plan.keys,
            description: format!("Security group of service {service} in network {network}"),
        };
        Self {
            cluster: scope.add("cluster", cluster),
            log_group: tasks_log,
            roles,
            placement: add_program_security_group(scope, context, security_group, plan.network),
            region: plan.network.region,
        }
    }

    /// Runs a version, between the least and the most tasks that the stack file names.
    pub fn run(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        plan: Plan<'_>,
        version: Version,
    ) -> Tasks {
        let color = version.color.map(Color::as_str);
        let keys = || plan.keys.into_iter().chain(color);
        let token: Vec<_> = keys().filter(|key| *key != "main").collect();
        let definition = task::definition(
            context.names.keyed("task", keys()),
            self,
            plan.config,
            version.image,
            version.environment,
            color.unwrap_or("task"),
        );
        let definition = scope.add("task", definition);
        let Config { tasks, port, .. } = plan.config;
        let registered = version.served.iter().map(|served| {
            LoadBalancer::new(LoadBalancerArgs {
                container_name: task::CONTAINER.into(),
                container_port: port.get().into(),
            })
            .target_group_arn(served.group.arn())
        });
        let subnets = plan.network.tier(Tier::Private);
        let subnets: Vec<_> = subnets.map(|subnet| subnet.subnet.id()).collect();
        let service = aws::EcsService::new(context.names.keyed("service", keys()))
            .cluster(self.cluster.arn())
            .task_definition(definition.arn())
            .launch_type("FARGATE")
            .desired_count(tasks.min)
            .availability_zone_rebalancing("ENABLED")
            .deployment_controller(DeploymentController::new().r#type("ECS"))
            .deployment_minimum_healthy_percent(HEALTHY)
            .deployment_maximum_percent(MOST)
            .deployment_circuit_breaker(DeploymentCircuitBreaker::new(
                DeploymentCircuitBreakerArgs {
                    enable: true.into(),
                    rollback: true.into(),
                },
            ))
            .network_configuration(
                NetworkConfiguration::new(subnets)
                    .assign_public_ip(false)
                    .security_groups([self.placement.security_group.id()]),
            )
            .enable_execute_command(false)
            .enable_ecs_managed_tags(true)
            .propagate_tags("SERVICE")
            .load_balancer(registered)
            .when_some(version.served.first(), |service, _| {
                // AWS refuses it of a service without a load balancer.
                service.health_check_grace_period_seconds(GRACE)
            })
            // The version before stays registered until the new one is healthy, to go back to.
            .wait_for_steady_state(true)
            .timeouts(
                Timeouts::new()
                    .create(DEPLOYED_WITHIN)
                    .update(DEPLOYED_WITHIN),
            )
            // The provider takes a service that went back for a healthy one (#20858).
            .postcondition(
                Handle::<aws::EcsService>::self_ref()
                    .task_definition()
                    .equals(definition.arn()),
                "ECS went back to the version before: the new one did not become healthy",
            )
            .depends_on_all(version.served.iter().map(|served| served.rule.into()))
            .depends_on_all(self.roles.policies())
            // A task that cannot pull its image counts as a version that is broken.
            .depends_on_all(plan.network.aws_api_dependencies());
        let service = scope.add("service", with_ignored_changes(service));
        scaling::add(scope, context, plan, keys(), self.cluster, service);
        Tasks {
            token: token.join("-"),
            color: version.color,
            cluster: self.cluster,
            service,
            least: tasks.min,
        }
    }
}

impl Tasks {
    /// What its metrics are of.
    pub fn dimensions(&self) -> [(&'static str, Value<String>); 2] {
        [
            ("ClusterName", self.cluster.name()),
            ("ServiceName", self.service.name()),
        ]
    }
}
