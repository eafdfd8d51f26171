//! ECS services: the tasks of one version.

use std::collections::BTreeMap;

use super::cluster::EcsCluster;
use super::scaling::add_scaling;
use super::target_group::ServiceTargetGroup;
use super::task::{CONTAINER, ContainerLog, TaskDefinitionProps, task_definition};
use crate::aws;
use crate::aws::ecs_service::{
    DeploymentCircuitBreaker, DeploymentCircuitBreakerArgs, DeploymentController, LoadBalancer,
    LoadBalancerArgs, NetworkConfiguration, Timeouts,
};
use crate::config::{Color, Fargate as Config, Tier};
use crate::constructs::compute::image::Image;
use crate::constructs::core::{Context, with_ignored_changes};
use crate::constructs::network::vpc::Network;
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// Seconds after the start of a task in which failed health checks are ignored.
const GRACE_PERIOD_SECONDS: u8 = 60;
/// Percentage of healthy tasks during a deployment: all.
const MIN_HEALTHY_PERCENT: u8 = 100;
/// Percentage of running tasks during a deployment: the old and the new ones.
const MAX_PERCENT: u8 = 200;
/// Time-out of a deployment: start, grace period and draining, for several batches of tasks.
const DEPLOYMENT_TIMEOUT: &str = "20m";

/// An ECS service that was added to a tree.
#[derive(Clone, Debug)]
pub struct EcsService {
    /// The part of physical names: `payments-primary-blue`.
    pub token: String,
    /// The color, if the service is released in two.
    pub color: Option<Color>,
    /// The cluster.
    pub cluster: Handle<aws::EcsCluster>,
    /// The service.
    pub service: Handle<aws::EcsService>,
    /// The minimum number of tasks.
    pub min_tasks: u16,
}

/// Configuration of an ECS service.
#[derive(Clone, Debug)]
pub struct EcsServiceProps<'a> {
    /// The section of the stack file.
    pub config: &'a Config,
    /// The keys of the service and of the network in physical names: `["payments", "primary"]`.
    pub keys: [&'a str; 2],
    /// The color, if the service is released in two.
    pub color: Option<Color>,
    /// Environment variables, in addition to `PORT`.
    pub environment: BTreeMap<String, Value<String>>,
}

/// Components that an ECS service uses, in its region.
#[derive(Clone, Debug)]
pub struct EcsServiceDeps<'a> {
    /// The cluster.
    pub cluster: EcsCluster,
    /// The network of the tasks, in the tier `private`.
    pub network: &'a Network,
    /// The container image.
    pub image: Image,
    /// The target groups in which the tasks are registered.
    pub target_groups: Vec<ServiceTargetGroup>,
    /// Routes and rules on the paths from the load balancers and to the databases. Without them the health check fails.
    pub connectivity: Vec<NodeId>,
}

impl EcsService {
    /// Adds a service, its task definition and its scaling.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: EcsServiceProps<'_>,
        deps: EcsServiceDeps<'_>,
    ) -> Self {
        let EcsServiceDeps {
            cluster,
            network,
            image,
            target_groups,
            connectivity,
        } = deps;
        let color = props.color.map(Color::as_str);
        let keys = || props.keys.into_iter().chain(color);
        let token: Vec<_> = keys().filter(|key| *key != "main").collect();
        let definition = task_definition(TaskDefinitionProps {
            family: context.names.keyed("task", keys()),
            config: props.config,
            image,
            environment: props.environment,
            roles: cluster.roles,
            log: ContainerLog {
                group: cluster.log_group,
                region: cluster.region,
                stream_prefix: color.unwrap_or("task"),
            },
        });
        let definition = scope.add("task", definition);
        let Config { tasks, port, .. } = props.config;
        let registered = target_groups.iter().map(|target| {
            LoadBalancer::new(LoadBalancerArgs {
                container_name: CONTAINER.into(),
                container_port: port.get().into(),
            })
            .target_group_arn(target.group.arn())
        });
        let subnets = network.tier(Tier::Private);
        let subnets: Vec<_> = subnets.map(|subnet| subnet.subnet.id()).collect();
        let service = aws::EcsService::new(context.names.keyed("service", keys()))
            .cluster(cluster.cluster.arn())
            .task_definition(definition.arn())
            .launch_type("FARGATE")
            .desired_count(tasks.min)
            .availability_zone_rebalancing("ENABLED")
            .deployment_controller(DeploymentController::new().r#type("ECS"))
            .deployment_minimum_healthy_percent(MIN_HEALTHY_PERCENT)
            .deployment_maximum_percent(MAX_PERCENT)
            .deployment_circuit_breaker(DeploymentCircuitBreaker::new(
                DeploymentCircuitBreakerArgs {
                    enable: true.into(),
                    rollback: true.into(),
                },
            ))
            .network_configuration(
                NetworkConfiguration::new(subnets)
                    .assign_public_ip(false)
                    .security_groups([cluster.placement.security_group.id()]),
            )
            .enable_execute_command(false)
            .enable_ecs_managed_tags(true)
            .propagate_tags("SERVICE")
            .load_balancer(registered)
            .when_some(target_groups.first(), |service, _| {
                // AWS rejects it for a service without a load balancer.
                service.health_check_grace_period_seconds(GRACE_PERIOD_SECONDS)
            })
            // The previous version stays registered until the new one is healthy, for a rollback.
            .wait_for_steady_state(true)
            .timeouts(
                Timeouts::new()
                    .create(DEPLOYMENT_TIMEOUT)
                    .update(DEPLOYMENT_TIMEOUT),
            )
            // The provider considers a service healthy after a rollback (terraform-provider-aws #20858).
            .postcondition(
                Handle::<aws::EcsService>::self_ref()
                    .task_definition()
                    .equals(definition.arn()),
                "ECS went back to the version before: the new one did not become healthy",
            )
            .depends_on_all(target_groups.iter().map(|target| target.rule.into()))
            .depends_on_all(cluster.roles.policies())
            // A task that cannot pull its image counts as a failed deployment.
            .depends_on_all(network.aws_api_dependencies())
            .depends_on_all(connectivity);
        let service = scope.add("service", with_ignored_changes(service));
        add_scaling(
            scope,
            context,
            props.config,
            &keys().collect::<Vec<_>>(),
            cluster.cluster,
            service,
            &target_groups,
        );
        Self {
            token: token.join("-"),
            color: props.color,
            cluster: cluster.cluster,
            service,
            min_tasks: tasks.min,
        }
    }

    /// The dimensions of its metrics.
    pub fn dimensions(&self) -> [(&'static str, Value<String>); 2] {
        [
            ("ClusterName", self.cluster.name()),
            ("ServiceName", self.service.name()),
        ]
    }
}
