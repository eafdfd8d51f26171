//! Alarms of a replication task.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms of a task that follows changes; `dimensions` are those of its metrics.
pub fn replication(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    dimensions: &[(&'static str, Value<String>)],
    limits: &Config,
    told: &Told,
) -> Vec<Raised> {
    [
        (
            "source-lag",
            "Changes are read from the source later than they may be (s)",
            "CDCLatencySource",
        ),
        (
            "target-lag",
            "Changes reach the target later than they may (s)",
            "CDCLatencyTarget",
        ),
    ]
    .map(|(id, description, metric)| {
        let alarm = Alarm {
            id,
            description,
            namespace: "AWS/DMS".into(),
            metric,
            dimensions: dimensions.to_vec(),
            statistic: Statistic::Maximum,
            when: Comparison::Above,
            threshold: limits.replication_lag.get().into(),
            period: 60,
            periods: 2,
            // A task that does not run has no lag; that it should run is the workflow's business.
            missing: Missing::Fine,
            subject,
        };
        alarm.add(scope, context, told)
    })
    .into()
}
