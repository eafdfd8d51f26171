//! Alarms of a REST API stage.

use super::alarm::{AlarmActions, AlarmHandle};
use super::expression::{ExpressionAlarm, Operand, ResponseTime};
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
    let dimensions = vec![("ApiName", name.clone()), ("Stage", stage.clone())];
    let sum = |id, metric| Operand {
        id,
        namespace: API_GATEWAY,
        metric,
        dimensions: dimensions.clone(),
        statistic: "Sum".to_owned(),
    };
    // Errors of callers are no reason to roll back.
    let client_errors = ExpressionAlarm {
        id: "client-errors",
        description: "API 4xx error rate above 50 %: invalid requests or tokens",
        operands: vec![sum("errors", "4XXError"), sum("requests", "Count")],
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
        operands: vec![sum("errors", "5XXError"), sum("requests", "Count")],
        expression: "IF(errors >= 5, 100 * errors / requests, 0)",
        label: "5xx responses (%)",
        threshold: limits.error_percent.get().into(),
        periods: 1,
        datapoints: 1,
        subject,
    };
    let latency = ExpressionAlarm::on_slow_requests(
        "API latency p99 above the limit (ms), and at least 5 slow requests in a minute",
        &ResponseTime {
            namespace: API_GATEWAY,
            metric: "Latency",
            dimensions: dimensions.clone(),
            limit: limits.latency_p99.get().into(),
            label: "p99 (ms)",
        },
        subject,
    );
    [server_errors, latency]
        .map(|alarm| alarm.add(scope, context, actions))
        .into()
}

const API_GATEWAY: &str = "AWS/ApiGateway";
const CLIENT_ERROR_PERCENT: f64 = 50.0;
