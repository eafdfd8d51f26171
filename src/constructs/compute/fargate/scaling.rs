//! How many tasks run: as many as keep their processors busy to the stack file's target.

use super::Plan;
use crate::aws;
use crate::aws::appautoscaling_policy::{
    AppautoscalingPolicyArgs, PredefinedMetricSpecification,
    TargetTrackingScalingPolicyConfiguration,
};
use crate::aws::appautoscaling_target::AppautoscalingTargetArgs;
use crate::constructs::core::Context;
use crate::terraform::tree::{Handle, Scope, Value};

/// Seconds after which more tasks are added, if those that were are not enough.
const OUT: u16 = 60;
/// Seconds of calm before tasks are taken away.
const IN: u16 = 300;

/// Scales `service` between the least and the most tasks of the stack file.
pub(super) fn add<'k>(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    plan: Plan<'_>,
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
        max_capacity: plan.config.tasks.max.into(),
        min_capacity: plan.config.tasks.min.into(),
        resource_id: Value::concat(resource),
        scalable_dimension: "ecs:service:DesiredCount".into(),
        service_namespace: "ecs".into(),
    });
    let target = scope.add("target", target);
    let target_cpu = f64::from(plan.config.target_cpu.get());
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
            .scale_in_cooldown(IN)
            .scale_out_cooldown(OUT),
    );
    scope.add("cpu", policy);
}
