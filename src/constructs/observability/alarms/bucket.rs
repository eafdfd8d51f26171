//! Alarms of the copy of a bucket.
//!
//! S3 user guide, "Using S3 Replication metrics": what is pending is published in the region of the copy,
//! what failed in the region of the original.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms in the region of the copy: it falls behind.
pub fn add_bucket_replication_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    dimensions: &[(&'static str, Value<String>)],
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |id, description, metric, threshold| Alarm {
        id,
        description,
        namespace: "AWS/S3".into(),
        metric,
        dimensions: dimensions.to_vec(),
        statistic: Statistic::Maximum,
        comparison: Comparison::Above,
        threshold,
        period_seconds: 60,
        periods: 5,
        // Published while something is pending.
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    [
        alarm(
            "copy-late",
            "Objects reach the other region later than the fifteen minutes that S3 promises (s)",
            "ReplicationLatency",
            PROMISED_SECONDS,
        ),
        alarm(
            "bytes-pending",
            "Over 1 GiB waits to be copied to the other region",
            "BytesPendingReplication",
            GIBIBYTE,
        ),
        alarm(
            "operations-pending",
            "Over 10,000 operations wait to be copied to the other region",
            "OperationsPendingReplication",
            MANY_OPERATIONS,
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

/// The alarm in the region of the original: objects were not copied, and are not tried again.
pub fn add_bucket_replication_failed_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    dimensions: &[(&'static str, Value<String>)],
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm::on_any_occurrence(
        "copy-failed",
        "Objects were not copied to the other region: their copies are missing until S3 Batch Replication makes them",
        ("AWS/S3", "OperationsFailedReplication"),
        dimensions.to_vec(),
        subject,
    );
    alarm.add(scope, context, actions)
}

const PROMISED_SECONDS: f64 = 900.0;
/// Ten seconds' work: S3 copies a gigabit a second in time (S3 user guide, "S3 RTC best practices").
const GIBIBYTE: f64 = 1_073_741_824.0;
/// A minute's payments at a hundred a second, and some.
const MANY_OPERATIONS: f64 = 10_000.0;
