//! Auto Scaling groups: how many instances there are, and how they are replaced.

use super::{Inputs, Instances};
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
use crate::terraform::tree::{Any, Block, Handle, NodeId, Scope, Value};

/// A target group, and the load balancer before it.
#[derive(Clone, Copy, Debug)]
pub struct Behind {
    /// The load balancer.
    pub load_balancer: Handle<aws::Lb>,
    /// The target group.
    pub group: Handle<aws::LbTargetGroup>,
    /// The rule that leads to the target group.
    pub rule: Handle<aws::LbListenerRule>,
}

/// A group that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The group.
    pub group: Handle<aws::AutoscalingGroup>,
}

impl Group {
    /// Runs `instances` as targets of `behind`.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        identity: &str,
        config: &Config,
        inputs: &Inputs<'_>,
        instances: &Instances,
        behind: &[Behind],
    ) -> Self {
        let mut scope = scope.child("group");
        let subnets = inputs.network.tier(Tier::Private);
        let subnets: Vec<_> = subnets.map(|subnet| subnet.subnet.id()).collect();
        let targets: Vec<_> = behind.iter().map(|behind| behind.group.arn()).collect();
        let group = aws::AutoscalingGroup::new(AutoscalingGroupArgs {
            max_size: config.instances.max.into(),
            min_size: config.instances.min.into(),
        })
        .name(instances.group_name.clone())
        .desired_capacity(config.instances.min)
        .vpc_zone_identifier(subnets)
        .target_group_arns(targets)
        .launch_template(
            LaunchTemplate::new()
                .id(instances.template.id())
                .version(Value::<Any>::from(instances.template.latest_version()).to_text()),
        )
        // Whoever cannot reach the database that takes writes is replaced, but not before another stands
        // ready: an outage of the database must not take the instances with it.
        .health_check_type("ELB")
        .health_check_grace_period(GRACE)
        .default_instance_warmup(WARM_UP)
        .instance_maintenance_policy(InstanceMaintenancePolicy::new(
            InstanceMaintenancePolicyArgs {
                max_healthy_percentage: MOST.into(),
                min_healthy_percentage: LEAST.into(),
            },
        ))
        // Only what a person changes changes the template; the image stays until they ask for another.
        .instance_refresh(
            InstanceRefresh::new("Rolling").preferences(
                Preferences::new()
                    .auto_rollback(true)
                    .instance_warmup(WARM_UP.to_string())
                    .max_healthy_percentage(MOST)
                    .min_healthy_percentage(LEAST),
            ),
        )
        .enabled_metrics(METRICS)
        .metrics_granularity("1Minute")
        // For running instances, not for healthy targets (`min_elb_capacity`): health waits for the datacenter, and a
        // group whose creation is given up is replaced by the next apply.
        .wait_for_capacity_timeout("10m")
        .tag(inputs.tags.iter().map(|(name, value)| tag(name, value)))
        .depends_on_all(behind.iter().map(|behind| NodeId::from(behind.rule)))
        .depends_on(instances.policy);
        let group = scope.add("group", with_ignored_changes(group));
        track(
            &mut scope,
            context,
            group,
            (identity, "cpu"),
            PredefinedMetricSpecification::new("ASGAverageCPUUtilization"),
            config.target_cpu.get().into(),
        );
        if let (Some(requests), [behind]) = (config.target_requests, behind) {
            let label = Value::concat([
                behind.load_balancer.arn_suffix(),
                "/".into(),
                behind.group.arn_suffix(),
            ]);
            let metric = PredefinedMetricSpecification::new("ALBRequestCountPerTarget");
            track(
                &mut scope,
                context,
                group,
                (identity, "requests"),
                metric.resource_label(label),
                requests.get().into(),
            );
        }
        Self { group }
    }

    /// Its name.
    pub fn name(&self) -> Value<String> {
        self.group.name()
    }
}

/// Seconds in which a new instance may start, and be found healthy.
const GRACE: u16 = 300;
/// Seconds until the load of a new instance counts.
const WARM_UP: u16 = 120;
/// In percent of what is wanted: while instances are replaced none is missing.
const LEAST: u8 = 100;
const MOST: u8 = 150;

/// What alarms and dashboards read.
const METRICS: [&str; 6] = [
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
];

/// Keeps a metric at a target.
fn track(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    group: Handle<aws::AutoscalingGroup>,
    (identity, what): (&str, &'static str),
    metric: Block<PredefinedMetricSpecification>,
    target: f64,
) {
    let policy = aws::AutoscalingPolicy::new(AutoscalingPolicyArgs {
        autoscaling_group_name: group.name(),
        name: context.names.keyed("asg", [identity, what]).into(),
    })
    .policy_type("TargetTrackingScaling")
    .target_tracking_configuration(
        TargetTrackingConfiguration::new(target).predefined_metric_specification(metric),
    );
    scope.child("policy").add(what, policy);
}

/// Its instances are tagged by the template.
fn tag(name: &str, value: &str) -> Block<Tag> {
    Tag::new(TagArgs {
        key: name.to_owned().into(),
        propagate_at_launch: false.into(),
        value: value.to_owned().into(),
    })
}
