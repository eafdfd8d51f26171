//! Alarms of what Route 53 asks for its health.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::constructs::core::Context;
use crate::constructs::dns::health_check::HealthCheck;
use crate::terraform::tree::{Scope, Value};

/// The alarm of a health check. `scope` is in us-east-1: AWS publishes the metrics of Route 53 nowhere
/// else, and an alarm elsewhere is silent for ever.
pub fn health_check(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    check: HealthCheck,
    told: &Told,
) -> Vec<Raised> {
    let alarm = Alarm {
        id: "unhealthy",
        description: "A side of a name in DNS cannot take payments: it is fenced, or cannot reach the database that takes writes",
        namespace: "AWS/Route53".into(),
        metric: "HealthCheckStatus",
        dimensions: vec![("HealthCheckId", check.id())],
        statistic: Statistic::Minimum,
        when: Comparison::Below,
        threshold: 1.0,
        period: 60,
        periods: 1,
        missing: Missing::Unknown,
        subject,
    };
    vec![alarm.add(scope, context, told)]
}

/// The alarm of a group of targets of which none is healthy, which a health check of Route 53 reads: so
/// it is of one metric, and in no way that Route 53 does not understand (Route 53 developer guide,
/// "Monitoring a CloudWatch alarm").
pub fn none_healthy(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    balancer: &Value<String>,
    group: &Value<String>,
    told: &Told,
) -> Raised {
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
        when: Comparison::Below,
        threshold: 1.0,
        period: 60,
        periods: 2,
        missing: Missing::Unknown,
        subject,
    };
    alarm.add(scope, context, told)
}
