//! Alarms of Route 53 health checks, and for them.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarm of a health check. `scope` is in `us-east-1`, the only region with metrics of Route 53.
pub fn add_health_check_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    id: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = Alarm {
        id: "unhealthy",
        description: "Route 53 health check unhealthy: the side is fenced or cannot reach the writer database",
        namespace: "AWS/Route53".into(),
        metric: "HealthCheckStatus",
        dimensions: vec![("HealthCheckId", id.clone())],
        statistic: Statistic::Minimum,
        comparison: Comparison::Below,
        threshold: 1.0,
        period_seconds: 60,
        periods: 1,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    vec![alarm.add(scope, context, actions)]
}

/// Adds the alarm of a target group without healthy targets, for a health check of Route 53.
///
/// Route 53 supports alarms of one metric with a standard statistic only (Route 53 developer guide, "Monitoring a
/// CloudWatch alarm").
pub fn add_no_healthy_targets_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    balancer: &Value<String>,
    group: &Value<String>,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm {
        id: "no-healthy-targets",
        description: "No healthy target",
        namespace: "AWS/ApplicationELB".into(),
        metric: "HealthyHostCount",
        dimensions: vec![
            ("LoadBalancer", balancer.clone()),
            ("TargetGroup", group.clone()),
        ],
        statistic: Statistic::Maximum,
        comparison: Comparison::Below,
        threshold: 1.0,
        period_seconds: 60,
        periods: 1,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    alarm.add(scope, context, actions)
}
