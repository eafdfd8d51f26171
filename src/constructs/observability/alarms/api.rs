//! Alarms of a REST API stage.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the API `name` at `stage`.
pub fn add_api_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    (name, stage): (&Value<String>, &Value<String>),
    limits: &Config,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |id, description, metric, statistic, threshold| Alarm {
        id,
        description,
        namespace: "AWS/ApiGateway".into(),
        metric,
        dimensions: vec![("ApiName", name.clone()), ("Stage", stage.clone())],
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
            "server-errors",
            "API 5xx error rate above the limit",
            "5XXError",
            // The average of ones and zeros is the error rate.
            Statistic::Average,
            f64::from(limits.error_percent.get()) / PER_CENT,
        ),
        alarm(
            "client-errors",
            "API 4xx error rate above 50 %: invalid requests or tokens",
            "4XXError",
            Statistic::Average,
            CLIENT_ERROR_RATE,
        ),
        alarm(
            "latency",
            "API latency p99 above the limit (ms)",
            "Latency",
            Statistic::Percentile("p99"),
            f64::from(limits.latency_p99.get()),
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

const PER_CENT: f64 = 100.0;
const CLIENT_ERROR_RATE: f64 = 0.5;
