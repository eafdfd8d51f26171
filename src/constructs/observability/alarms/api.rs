//! Alarms of a REST API stage.

use super::alarm::{AlarmActions, AlarmHandle};
use super::expression::{ExpressionAlarm, Operand, P99_WITH_SLOW_REQUESTS};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the API `name` at `stage`. Returns those on failed and slow requests.
pub fn add_api_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    (name, stage): (&Value<String>, &Value<String>),
    limits: &Config,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let operand = |id, metric, statistic: &str| Operand {
        id,
        namespace: "AWS/ApiGateway",
        metric,
        dimensions: vec![("ApiName", name.clone()), ("Stage", stage.clone())],
        statistic: statistic.to_owned(),
    };
    // Errors of callers are no reason to roll back.
    let client_errors = ExpressionAlarm {
        id: "client-errors",
        description: "API 4xx error rate above 50 %: invalid requests or tokens",
        operands: vec![
            operand("errors", "4XXError", "Sum"),
            operand("requests", "Count", "Sum"),
        ],
        expression: "IF(errors >= 20, 100 * errors / requests, 0)",
        label: "4xx responses (%)",
        threshold: CLIENT_ERROR_PERCENT,
        periods: 5,
        datapoints: 3,
        subject,
    };
    client_errors.add(scope, context, actions);
    let server_errors = ExpressionAlarm {
        id: "server-errors",
        description: "API 5xx error rate above the limit, and at least 5 errors in a minute",
        operands: vec![
            operand("errors", "5XXError", "Sum"),
            operand("requests", "Count", "Sum"),
        ],
        expression: "IF(errors >= 5, 100 * errors / requests, 0)",
        label: "5xx responses (%)",
        threshold: limits.error_percent.get().into(),
        periods: 1,
        datapoints: 1,
        subject,
    };
    let limit = f64::from(limits.latency_p99.get());
    let latency = ExpressionAlarm {
        id: "latency",
        description: "API latency p99 above the limit (ms), and at least 5 slow requests in a minute",
        operands: vec![
            operand("p99", "Latency", "p99"),
            operand("slow", "Latency", &format!("PR({limit}:)")),
            operand("requests", "Latency", "SampleCount"),
        ],
        expression: P99_WITH_SLOW_REQUESTS,
        label: "p99 (ms)",
        threshold: limit,
        periods: 1,
        datapoints: 1,
        subject,
    };
    [server_errors, latency]
        .map(|alarm| alarm.add(scope, context, actions))
        .into()
}

const CLIENT_ERROR_PERCENT: f64 = 50.0;
