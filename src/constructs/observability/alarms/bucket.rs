//! Alarms of S3 replication.
//!
//! S3 publishes metrics of pending operations in the destination region, and those of failed operations in the
//! source region (S3 user guide, "Using S3 Replication metrics").

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms on pending replication. `scope` is in the destination region.
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
        // Published only while operations are pending.
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    [
        alarm(
            "replication-latency",
            "S3 replication latency above 15 minutes",
            "ReplicationLatency",
            RTC_SECONDS,
        ),
        alarm(
            "bytes-pending",
            "S3 replication: more than 1 GiB pending",
            "BytesPendingReplication",
            GIBIBYTE,
        ),
        alarm(
            "operations-pending",
            "S3 replication: more than 10,000 operations pending",
            "OperationsPendingReplication",
            PENDING_OPERATIONS,
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

/// Adds the alarm on failed replication, which S3 does not retry. `scope` is in the source region.
pub fn add_bucket_replication_failed_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    dimensions: &[(&'static str, Value<String>)],
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm::on_any_occurrence(
        "replication-failed",
        "S3 replication failed: replicate the missing objects with S3 Batch Replication",
        ("AWS/S3", "OperationsFailedReplication"),
        dimensions.to_vec(),
        subject,
    );
    alarm.add(scope, context, actions)
}

/// Seconds in the S3 Replication Time Control agreement.
const RTC_SECONDS: f64 = 900.0;
/// Ten seconds of replication at 1 Gbit/s (S3 user guide, "S3 RTC best practices").
const GIBIBYTE: f64 = 1_073_741_824.0;
/// More than a minute of payments at 100 a second.
const PENDING_OPERATIONS: f64 = 10_000.0;
