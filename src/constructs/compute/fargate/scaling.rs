//! Scaling of an ECS service by CPU utilization.

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
pub(super) fn add_scaling<'k>(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: &Config,
    keys: impl Iterator<Item = &'k str>,
    cluster: Handle<aws::EcsCluster>,
    service: Handle<aws::EcsService>,
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
    let target_cpu = f64::from(config.target_cpu.get());
    let policy = aws::AppautoscalingPolicy::new(AppautoscalingPolicyArgs {
        name: context.names.keyed("cpu", keys).into(),
        resource_id: target.resource_id(),
        scalable_dimension: target.scalable_dimension(),
        service_namespace: target.service_namespace(),
    })
    .policy_type("TargetTrackingScaling")
    .target_tracking_scaling_policy_configuration(
        TargetTrackingScalingPolicyConfiguration::new(target_cpu)
            .predefined_metric_specification(PredefinedMetricSpecification::new(
                "ECSServiceAverageCPUUtilization",
            ))
            .scale_in_cooldown(SCALE_IN_COOLDOWN_SECONDS)
            .scale_out_cooldown(SCALE_OUT_COOLDOWN_SECONDS),
    );
    scope.add("cpu", policy);
}
