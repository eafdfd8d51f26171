//! Alarms of a load balancer.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms of the load balancer whose ARN ends in `suffix`.
pub fn add_load_balancer_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    suffix: &Value<String>,
    limits: &Config,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |id, description, metric, statistic, threshold| Alarm {
        id,
        description,
        namespace: "AWS/ApplicationELB".into(),
        metric,
        dimensions: vec![("LoadBalancer", suffix.clone())],
        statistic,
        comparison: Comparison::Above,
        threshold,
        period_seconds: 60,
        periods: 2,
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    [
        alarm(
            "errors",
            "The load balancer itself refuses requests: nothing healthy is behind it",
            "HTTPCode_ELB_5XX_Count",
            Statistic::Sum,
            BALANCER_ERRORS,
        ),
        alarm(
            "target-errors",
            "What is behind the load balancer fails",
            "HTTPCode_Target_5XX_Count",
            Statistic::Sum,
            TARGET_ERRORS,
        ),
        alarm(
            "latency",
            "One request in a hundred takes too long (s)",
            "TargetResponseTime",
            Statistic::Percentile("p99"),
            f64::from(limits.latency_p99.get()) / MILLISECONDS,
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

/// The alarm of one group of targets behind it.
pub fn add_target_group_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    balancer: &Value<String>,
    group: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = Alarm {
        id: "unhealthy",
        description: "A target cannot reach the database that takes writes",
        namespace: "AWS/ApplicationELB".into(),
        metric: "UnHealthyHostCount",
        dimensions: vec![
            ("LoadBalancer", balancer.clone()),
            ("TargetGroup", group.clone()),
        ],
        statistic: Statistic::Maximum,
        comparison: Comparison::Above,
        threshold: 0.0,
        period_seconds: 60,
        periods: 2,
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    vec![alarm.add(scope, context, actions)]
}

/// Requests in a minute.
const BALANCER_ERRORS: f64 = 0.0;
const TARGET_ERRORS: f64 = 5.0;
const MILLISECONDS: f64 = 1_000.0;
