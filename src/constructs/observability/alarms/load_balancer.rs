//! Alarms of an application load balancer and its target groups.

use super::alarm::{AlarmActions, AlarmHandle};
use super::expression::{ExpressionAlarm, Operand, ResponseTime};
use super::failed_requests::RequestRate;
use super::request_limits::RequestLimits;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// A target group of a load balancer; both are ARN suffixes.
#[derive(Clone, Debug)]
pub struct MonitoredTargetGroup {
    /// The load balancer.
    pub balancer: Value<String>,
    /// The target group.
    pub group: Value<String>,
}

/// Adds the alarms on requests to which the load balancer itself returned an error, such as 503 without a healthy target.
///
/// `suffix` is the end of its ARN. If `targets` are included, the alarms count the errors of its targets too, and another
/// one evaluates their response time.
pub fn add_load_balancer_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    suffix: &Value<String>,
    targets: TargetAlarms,
    limits: RequestLimits<'_>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let dimensions = vec![("LoadBalancer", suffix.clone())];
    let mut failed = vec![count("balancer", "HTTPCode_ELB_5XX_Count", &dimensions)];
    if targets == TargetAlarms::Included {
        failed.push(count("targets", "HTTPCode_Target_5XX_Count", &dimensions));
    }
    let mut alarms = failure_alarms(failed, &dimensions, limits, subject);
    if targets == TargetAlarms::Included {
        alarms.push(latency_alarm(dimensions, limits, subject));
    }
    let alarms = alarms.into_iter();
    alarms
        .map(|alarm| {
            alarm
                .outside_fences(limits.fences)
                .add(scope, context, actions)
        })
        .collect()
}

/// Whether the alarms of a load balancer include its targets. They do not if the old side is one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetAlarms {
    /// All targets belong to the new side.
    Included,
    /// [`add_request_alarms`] adds alarms for each target group of the new side.
    Apart,
}

/// Adds the alarms on failed and slow requests of one target group.
pub fn add_request_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    target: &MonitoredTargetGroup,
    limits: RequestLimits<'_>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let dimensions = target.dimensions();
    let failed = vec![count("targets", "HTTPCode_Target_5XX_Count", &dimensions)];
    let mut alarms = failure_alarms(failed, &dimensions, limits, subject);
    alarms.push(latency_alarm(dimensions, limits, subject));
    let alarms = alarms.into_iter();
    alarms
        .map(|alarm| {
            alarm
                .outside_fences(limits.fences)
                .add(scope, context, actions)
        })
        .collect()
}

impl MonitoredTargetGroup {
    fn dimensions(&self) -> Vec<(&'static str, Value<String>)> {
        vec![
            ("LoadBalancer", self.balancer.clone()),
            ("TargetGroup", self.group.clone()),
        ]
    }
}

fn failure_alarms<'a>(
    failed: Vec<Operand>,
    dimensions: &[(&'static str, Value<String>)],
    limits: RequestLimits<'_>,
    subject: &'a str,
) -> Vec<ExpressionAlarm<'a>> {
    let rate = RequestRate {
        failed,
        requests: count("requests", "RequestCount", dimensions),
    };
    let outage = (
        "outage",
        "More than half of the requests of a minute failed with 5xx",
    );
    let errors = (
        "errors",
        "Rate of 5xx responses above the limit in two of three minutes",
    );
    vec![
        rate.outage_alarm(outage, subject),
        rate.errors_alarm(errors, limits.thresholds.error_percent, subject),
    ]
}

fn latency_alarm<'a>(
    dimensions: Vec<(&'static str, Value<String>)>,
    limits: RequestLimits<'_>,
    subject: &'a str,
) -> ExpressionAlarm<'a> {
    ExpressionAlarm::on_slow_requests(
        "Target response time p99 above the limit (s), and at least 5 slow requests, in two of three minutes",
        &ResponseTime {
            namespace: ELB,
            metric: "TargetResponseTime",
            dimensions,
            limit: f64::from(limits.thresholds.latency_p99.get()) / MILLISECONDS,
            label: "p99 (s)",
        },
        subject,
    )
}

fn count(
    id: &'static str,
    metric: &'static str,
    dimensions: &[(&'static str, Value<String>)],
) -> Operand {
    Operand {
        id,
        namespace: ELB.into(),
        metric,
        dimensions: dimensions.to_vec(),
        statistic: "Sum".to_owned(),
    }
}

/// Adds the alarm on unhealthy targets of one target group.
///
/// Targets without requests are no fault: those of a side before its first traffic step, and those of the old side
/// after the cutover, whose database is fenced.
pub fn add_target_group_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    target: &MonitoredTargetGroup,
    actions: &AlarmActions,
) -> AlarmHandle {
    let operand = |id, metric, statistic: &str| Operand {
        id,
        namespace: ELB.into(),
        metric,
        dimensions: target.dimensions(),
        statistic: statistic.to_owned(),
    };
    let alarm = ExpressionAlarm {
        id: "unhealthy",
        description: "Unhealthy target of a side with requests",
        operands: vec![
            operand("unhealthy", "UnHealthyHostCount", "Maximum"),
            operand("requests", "RequestCount", "Sum"),
        ],
        expression: "IF(FILL(requests, 0) > 0, unhealthy, 0)".to_owned(),
        label: "unhealthy targets",
        threshold: 0.0,
        periods: 2,
        datapoints: 2,
        subject,
    };
    alarm.add(scope, context, actions)
}

const ELB: &str = "AWS/ApplicationELB";
const MILLISECONDS: f64 = 1_000.0;
