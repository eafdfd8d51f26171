//! Alarms of a REST API.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms of the API called `name`, at its stage.
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
            "Too large a share of requests fails",
            "5XXError",
            // The average of ones and zeros is the share.
            Statistic::Average,
            f64::from(limits.error_percent.get()) / PER_CENT,
        ),
        alarm(
            "client-errors",
            "Half of the requests are refused: callers or their tokens are wrong",
            "4XXError",
            Statistic::Average,
            REFUSED_SHARE,
        ),
        alarm(
            "latency",
            "One request in a hundred takes too long (ms)",
            "Latency",
            Statistic::Percentile("p99"),
            f64::from(limits.latency_p99.get()),
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

const PER_CENT: f64 = 100.0;
const REFUSED_SHARE: f64 = 0.5;
