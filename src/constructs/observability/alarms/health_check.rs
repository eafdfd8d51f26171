//! Alarms of what Route 53 asks for its health.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarm of a health check. `scope` is in us-east-1: AWS publishes the metrics of Route 53 nowhere
/// else, and an alarm elsewhere is silent for ever.
pub fn add_health_check_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    id: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = Alarm {
        id: "unhealthy",
        description: "A side of a name in DNS cannot take payments: it is fenced, or cannot reach the database that takes writes",
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

/// The alarm of a group of targets of which none is healthy, which a health check of Route 53 reads: so
/// it is of one metric, and in no way that Route 53 does not understand (Route 53 developer guide,
/// "Monitoring a CloudWatch alarm").
pub fn add_no_healthy_targets_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    balancer: &Value<String>,
    group: &Value<String>,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm {
        id: "none-healthy",
        description: "No target can reach the database that takes writes",
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
        periods: 2,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    alarm.add(scope, context, actions)
}
