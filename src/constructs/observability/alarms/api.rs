//! Alarms of a REST API stage.

use super::alarm::{AlarmActions, AlarmHandle};
use super::expression::{ExpressionAlarm, Operand, ResponseTime};
use super::failed_requests::RequestRate;
use super::request_limits::RequestLimits;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the API `name` at `stage`. Returns those on failed and slow requests.
pub fn add_api_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    (name, stage): (&Value<String>, &Value<String>),
    limits: RequestLimits<'_>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let dimensions = vec![("ApiName", name.clone()), ("Stage", stage.clone())];
    let sum = |id, metric| Operand {
        id,
        namespace: API_GATEWAY.into(),
        metric,
        dimensions: dimensions.clone(),
        statistic: "Sum".to_owned(),
    };
    // Errors of callers are no reason to roll back.
    let client_errors = ExpressionAlarm {
        id: "client-errors",
        description: "API 4xx error rate above 50 %: invalid requests or tokens",
        operands: vec![sum("errors", "4XXError"), sum("requests", "Count")],
        expression: "IF(errors >= 20, 100 * errors / requests, 0)".to_owned(),
        label: "4xx responses (%)",
        threshold: CLIENT_ERROR_PERCENT,
        periods: 5,
        datapoints: 3,
        subject,
    };
    client_errors.add(scope, context, actions);
    let rate = RequestRate {
        failed: vec![sum("errors", "5XXError")],
        requests: sum("requests", "Count"),
    };
    let outage = (
        "outage",
        "More than half of the API requests of a minute failed with 5xx",
    );
    let server_errors = (
        "server-errors",
        "API 5xx error rate above the limit in two of three minutes",
    );
    let thresholds = limits.thresholds;
    let latency = ExpressionAlarm::on_slow_requests(
        "API latency p99 above the limit (ms), and at least 5 slow requests, in two of three minutes",
        &ResponseTime {
            namespace: API_GATEWAY,
            metric: "Latency",
            dimensions: dimensions.clone(),
            limit: thresholds.latency_p99.get().into(),
            label: "p99 (ms)",
        },
        subject,
    );
    [
        rate.outage_alarm(outage, subject),
        rate.errors_alarm(server_errors, thresholds.error_percent, subject),
        latency,
    ]
    .map(|alarm| {
        alarm
            .outside_fences(limits.fences)
            .add(scope, context, actions)
    })
    .into()
}

const API_GATEWAY: &str = "AWS/ApiGateway";
const CLIENT_ERROR_PERCENT: f64 = 50.0;
