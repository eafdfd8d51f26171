//! Alarms of a replication task.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms of a task that follows changes; `dimensions` are those of its metrics.
pub fn add_replication_task_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    dimensions: &[(&'static str, Value<String>)],
    limits: &Config,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
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
            comparison: Comparison::Above,
            threshold: limits.replication_lag.get().into(),
            period_seconds: 60,
            periods: 2,
            // A task that does not run has no lag; that it should run is the workflow's business.
            treat_missing_data: TreatMissingData::NotBreaching,
            subject,
        };
        alarm.add(scope, context, actions)
    })
    .into()
}
