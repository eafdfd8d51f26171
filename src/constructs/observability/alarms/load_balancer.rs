//! Alarms of an application load balancer and its target groups.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use super::expression::{ExpressionAlarm, Operand, ResponseTime};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms on failed and slow requests of the load balancer whose ARN ends in `suffix`. Each evaluates one
/// minute: two would exceed the time of a rollback (`config::DnsRollbackTime`). A minimum of failures takes the place
/// of a second minute.
pub fn add_load_balancer_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    suffix: &Value<String>,
    limits: &Config,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let errors = |id, description, metric| Alarm {
        id,
        description,
        namespace: ELB.into(),
        metric,
        dimensions: vec![("LoadBalancer", suffix.clone())],
        statistic: Statistic::Sum,
        comparison: Comparison::Above,
        threshold: FAILED_REQUESTS,
        period_seconds: 60,
        periods: 1,
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    let errors = [
        errors(
            "errors",
            "The load balancer returned more than 5 5xx responses in a minute: no healthy target",
            "HTTPCode_ELB_5XX_Count",
        ),
        errors(
            "target-errors",
            "Targets returned more than 5 5xx responses in a minute",
            "HTTPCode_Target_5XX_Count",
        ),
    ];
    let mut added = Vec::from(errors.map(|alarm| alarm.add(scope, context, actions)));
    let latency = ExpressionAlarm::on_slow_requests(
        "Target response time p99 above the limit (s), and at least 5 slow requests in a minute",
        &ResponseTime {
            namespace: ELB,
            metric: "TargetResponseTime",
            dimensions: vec![("LoadBalancer", suffix.clone())],
            limit: f64::from(limits.latency_p99.get()) / MILLISECONDS,
            label: "p99 (s)",
        },
        subject,
    );
    added.push(latency.add(scope, context, actions));
    added
}

/// Adds the alarm of one target group of a load balancer; both arguments are ARN suffixes.
///
/// Targets without requests are no fault: those of a side before its first traffic step, and those of the old side
/// after the cutover, whose database is fenced.
pub fn add_target_group_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    balancer: &Value<String>,
    group: &Value<String>,
    actions: &AlarmActions,
) -> AlarmHandle {
    let operand = |id, metric, statistic: &str| Operand {
        id,
        namespace: ELB,
        metric,
        dimensions: vec![
            ("LoadBalancer", balancer.clone()),
            ("TargetGroup", group.clone()),
        ],
        statistic: statistic.to_owned(),
    };
    let alarm = ExpressionAlarm {
        id: "unhealthy",
        description: "Unhealthy target of a side with requests",
        operands: vec![
            operand("unhealthy", "UnHealthyHostCount", "Maximum"),
            operand("requests", "RequestCount", "Sum"),
        ],
        expression: "IF(FILL(requests, 0) > 0, unhealthy, 0)",
        label: "unhealthy targets",
        threshold: 0.0,
        periods: 2,
        datapoints: 2,
        subject,
    };
    alarm.add(scope, context, actions)
}

const ELB: &str = "AWS/ApplicationELB";
/// Responses in a minute.
const FAILED_REQUESTS: f64 = 5.0;
const MILLISECONDS: f64 = 1_000.0;
