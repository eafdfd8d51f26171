//! Alarms of a DMS replication task.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of a CDC task.
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
            "DMS CDC source latency above the limit (s)",
            "CDCLatencySource",
        ),
        (
            "target-lag",
            "DMS CDC target latency above the limit (s)",
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
            // A stopped task has no latency; the workflow checks that tasks are active.
            treat_missing_data: TreatMissingData::NotBreaching,
            subject,
        };
        alarm.add(scope, context, actions)
    })
    .into()
}
