//! Scaling of an ECS service by CPU utilization and by requests.

use super::target_group::ServiceTargetGroup;
use crate::aws;
use crate::aws::appautoscaling_policy::{
    AppautoscalingPolicyArgs, PredefinedMetricSpecification,
    TargetTrackingScalingPolicyConfiguration,
};
use crate::aws::appautoscaling_target::AppautoscalingTargetArgs;
use crate::config::Fargate as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Handle, Scope, Value};

/// Seconds between two additions of tasks.
const SCALE_OUT_COOLDOWN_SECONDS: u16 = 60;
/// Seconds between two removals of tasks.
const SCALE_IN_COOLDOWN_SECONDS: u16 = 300;

/// Scales `service` between its minimum and maximum number of tasks.
pub(super) fn add_scaling(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: &Config,
    keys: &[&str],
    cluster: Handle<aws::EcsCluster>,
    service: Handle<aws::EcsService>,
    targets: &[ServiceTargetGroup],
) {
    let mut scope = scope.child("scaling");
    let resource = [
        "service/".into(),
        cluster.name(),
        "/".into(),
        service.name(),
    ];
    let target = aws::AppautoscalingTarget::new(AppautoscalingTargetArgs {
        max_capacity: config.tasks.max.into(),
        min_capacity: config.tasks.min.into(),
        resource_id: Value::concat(resource),
        scalable_dimension: "ecs:service:DesiredCount".into(),
        service_namespace: "ecs".into(),
    });
    let target = scope.add("target", target);
    let mut track = |what, metric, value| {
        let policy = aws::AppautoscalingPolicy::new(AppautoscalingPolicyArgs {
            name: context.names.keyed(what, keys.iter().copied()).into(),
            resource_id: target.resource_id(),
            scalable_dimension: target.scalable_dimension(),
            service_namespace: target.service_namespace(),
        })
        .policy_type("TargetTrackingScaling")
        .target_tracking_scaling_policy_configuration(
            TargetTrackingScalingPolicyConfiguration::new(value)
                .predefined_metric_specification(metric)
                .scale_in_cooldown(SCALE_IN_COOLDOWN_SECONDS)
                .scale_out_cooldown(SCALE_OUT_COOLDOWN_SECONDS),
        );
        scope.add(what, policy);
    };
    let cpu = PredefinedMetricSpecification::new("ECSServiceAverageCPUUtilization");
    track("cpu", cpu, f64::from(config.target_cpu.get()));
    // The number of tasks is the largest that a policy requests.
    if let (Some(requests), [served]) = (config.target_requests, targets) {
        let label = Value::concat([
            served.load_balancer.arn_suffix(),
            "/".into(),
            served.group.arn_suffix(),
        ]);
        let metric = PredefinedMetricSpecification::new("ALBRequestCountPerTarget");
        track(
            "requests",
            metric.resource_label(label),
            f64::from(requests.get()),
        );
    }
}
