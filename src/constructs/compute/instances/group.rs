//! Auto Scaling groups and their scaling policies.

use std::collections::BTreeMap;

use super::Instances;
use crate::aws;
use crate::aws::autoscaling_group::{
    AutoscalingGroupArgs, InstanceMaintenancePolicy, InstanceMaintenancePolicyArgs,
    InstanceRefresh, LaunchTemplate, Preferences, Tag, TagArgs,
};
use crate::aws::autoscaling_policy::{
    AutoscalingPolicyArgs, PredefinedMetricSpecification, TargetTrackingConfiguration,
};
use crate::config::{Instances as Config, Tier};
use crate::constructs::core::{Context, with_ignored_changes};
use crate::constructs::network::vpc::Network;
use crate::terraform::tree::{Any, Block, Handle, NodeId, Scope, Value};

/// A target group, its load balancer and the rule that forwards to it.
#[derive(Clone, Copy, Debug)]
pub struct LoadBalancerTarget {
    /// The load balancer.
    pub load_balancer: Handle<aws::Lb>,
    /// The target group.
    pub group: Handle<aws::LbTargetGroup>,
    /// The rule.
    pub rule: Handle<aws::LbListenerRule>,
}

/// An Auto Scaling group that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct AutoScalingGroup {
    /// The group.
    pub group: Handle<aws::AutoscalingGroup>,
}

/// Configuration of an Auto Scaling group.
#[derive(Clone, Copy, Debug)]
pub struct AutoScalingGroupProps<'a> {
    /// The service's key in physical names.
    pub key: &'a str,
    /// The section of the stack file.
    pub config: &'a Config,
    /// Tags of the group. The launch template tags the instances.
    pub tags: &'a BTreeMap<String, String>,
}

/// Components that an Auto Scaling group uses, in its region.
#[derive(Clone, Debug)]
pub struct AutoScalingGroupDeps<'a> {
    /// The network of the instances.
    pub network: &'a Network,
    /// The instances to launch.
    pub instances: &'a Instances,
    /// The target groups in which the instances are registered.
    pub targets: &'a [LoadBalancerTarget],
    /// Routes and rules on the paths to the databases. Without them the health check fails.
    pub connectivity: Vec<NodeId>,
}

impl AutoScalingGroup {
    /// Adds a group and its scaling policies.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: AutoScalingGroupProps<'_>,
        deps: AutoScalingGroupDeps<'_>,
    ) -> Self {
        let AutoScalingGroupProps { key, config, tags } = props;
        let AutoScalingGroupDeps {
            network,
            instances,
            targets,
            connectivity,
        } = deps;
        let mut scope = scope.child("group");
        let subnets = network.tier(Tier::Private);
        let subnets: Vec<_> = subnets.map(|subnet| subnet.subnet.id()).collect();
        let target_group_arns: Vec<_> = targets.iter().map(|target| target.group.arn()).collect();
        let group = aws::AutoscalingGroup::new(AutoscalingGroupArgs {
            max_size: config.instances.max.into(),
            min_size: config.instances.min.into(),
        })
        .name(instances.group_name.clone())
        .desired_capacity(config.instances.min)
        .vpc_zone_identifier(subnets)
        .target_group_arns(target_group_arns)
        .launch_template(
            LaunchTemplate::new()
                .id(instances.template.id())
                .version(Value::<Any>::from(instances.template.latest_version()).to_text()),
        )
        // The load balancer checks liveness: an instance is replaced if its service cannot respond.
        .health_check_type("ELB")
        .health_check_grace_period(GRACE_PERIOD_SECONDS)
        .default_instance_warmup(WARM_UP_SECONDS)
        .instance_maintenance_policy(InstanceMaintenancePolicy::new(
            InstanceMaintenancePolicyArgs {
                max_healthy_percentage: MAX_HEALTHY_PERCENT.into(),
                min_healthy_percentage: MIN_HEALTHY_PERCENT.into(),
            },
        ))
        // The template changes only on request, as does its image.
        .instance_refresh(
            InstanceRefresh::new("Rolling").preferences(
                Preferences::new()
                    .auto_rollback(true)
                    .instance_warmup(WARM_UP_SECONDS.to_string())
                    .max_healthy_percentage(MAX_HEALTHY_PERCENT)
                    .min_healthy_percentage(MIN_HEALTHY_PERCENT),
            ),
        )
        .enabled_metrics(METRICS)
        .metrics_granularity("1Minute")
        // For running instances, not for healthy targets (`min_elb_capacity`): health can depend on the datacenter, and
        // the next apply replaces a group whose creation timed out.
        .wait_for_capacity_timeout("10m")
        .tag(tags.iter().map(|(name, value)| tag(name, value)))
        .depends_on_all(targets.iter().map(|target| NodeId::from(target.rule)))
        .depends_on(instances.policy)
        .depends_on_all(network.aws_api_dependencies())
        .depends_on_all(connectivity);
        let group = scope.add("group", with_ignored_changes(group));
        track(
            &mut scope,
            context,
            group,
            (key, "cpu"),
            PredefinedMetricSpecification::new("ASGAverageCPUUtilization"),
            config.target_cpu.get().into(),
        );
        if let (Some(requests), [target]) = (config.target_requests, targets) {
            let label = Value::concat([
                target.load_balancer.arn_suffix(),
                "/".into(),
                target.group.arn_suffix(),
            ]);
            let metric = PredefinedMetricSpecification::new("ALBRequestCountPerTarget");
            track(
                &mut scope,
                context,
                group,
                (key, "requests"),
                metric.resource_label(label),
                requests.get().into(),
            );
        }
        Self { group }
    }

    /// The name.
    pub fn name(&self) -> Value<String> {
        self.group.name()
    }
}

/// Seconds after the start of an instance in which failed health checks are ignored.
const GRACE_PERIOD_SECONDS: u16 = 300;
/// Seconds until the load of a new instance counts.
const WARM_UP_SECONDS: u16 = 120;
/// Percentage of the desired capacity that is healthy during a replacement.
const MIN_HEALTHY_PERCENT: u8 = 100;
/// Percentage of the desired capacity that runs during a replacement.
const MAX_HEALTHY_PERCENT: u8 = 150;

/// Metrics of alarms and dashboards.
const METRICS: [&str; 6] = [
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
];

/// Adds a policy that tracks a target value of a metric.
fn track(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    group: Handle<aws::AutoscalingGroup>,
    (key, what): (&str, &'static str),
    metric: Block<PredefinedMetricSpecification>,
    target: f64,
) {
    let policy = aws::AutoscalingPolicy::new(AutoscalingPolicyArgs {
        autoscaling_group_name: group.name(),
        name: context.names.keyed("asg", [key, what]).into(),
    })
    .policy_type("TargetTrackingScaling")
    .target_tracking_configuration(
        TargetTrackingConfiguration::new(target).predefined_metric_specification(metric),
    );
    scope.child("policy").add(what, policy);
}

/// A tag of the group; the launch template tags the instances.
fn tag(name: &str, value: &str) -> Block<Tag> {
    Tag::new(TagArgs {
        key: name.to_owned().into(),
        propagate_at_launch: false.into(),
        value: value.to_owned().into(),
    })
}
