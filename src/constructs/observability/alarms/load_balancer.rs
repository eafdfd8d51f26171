//! Alarms of an application load balancer and its target groups.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the load balancer whose ARN ends in `suffix`.
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
            "The load balancer returned 5xx: no healthy target",
            "HTTPCode_ELB_5XX_Count",
            Statistic::Sum,
            BALANCER_ERRORS,
        ),
        alarm(
            "target-errors",
            "Targets returned more than 5 5xx responses in a minute",
            "HTTPCode_Target_5XX_Count",
            Statistic::Sum,
            TARGET_ERRORS,
        ),
        alarm(
            "latency",
            "Target response time p99 above the limit (s)",
            "TargetResponseTime",
            Statistic::Percentile("p99"),
            f64::from(limits.latency_p99.get()) / MILLISECONDS,
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

/// Adds the alarm of one target group of a load balancer; both arguments are ARN suffixes.
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
        description: "Unhealthy target: it cannot reach the writer database",
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

/// Responses in a minute.
const BALANCER_ERRORS: f64 = 0.0;
const TARGET_ERRORS: f64 = 5.0;
const MILLISECONDS: f64 = 1_000.0;
