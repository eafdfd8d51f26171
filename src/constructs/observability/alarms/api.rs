//! Alarms of a REST API.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms of the API called `name`, at its stage.
pub fn api(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    (name, stage): (&Value<String>, &Value<String>),
    limits: &Config,
    told: &Told,
) -> Vec<Raised> {
    let alarm = |id, description, metric, statistic, threshold| Alarm {
        id,
        description,
        namespace: "AWS/ApiGateway".into(),
        metric,
        dimensions: vec![("ApiName", name.clone()), ("Stage", stage.clone())],
        statistic,
        when: Comparison::Above,
        threshold,
        period: 60,
        periods: 2,
        missing: Missing::Fine,
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
    .map(|alarm| alarm.add(scope, context, told))
    .into()
}

const PER_CENT: f64 = 100.0;
const REFUSED_SHARE: f64 = 0.5;
