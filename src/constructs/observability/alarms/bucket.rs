//! Alarms of the copy of a bucket.
//!
//! S3 user guide, "Using S3 Replication metrics": what is pending is published in the region of the copy,
//! what failed in the region of the original.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::constructs::core::Context;
use crate::constructs::data::bucket_replica::BucketReplica;
use crate::terraform::tree::Scope;

/// The alarms in the region of the copy: it falls behind.
pub fn bucket_behind(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    replica: &BucketReplica,
    told: &Told,
) -> Vec<Raised> {
    let alarm = |id, description, metric, threshold| Alarm {
        id,
        description,
        namespace: "AWS/S3".into(),
        metric,
        dimensions: replica.dimensions().into(),
        statistic: Statistic::Maximum,
        when: Comparison::Above,
        threshold,
        period: 60,
        periods: 5,
        // Published while something is pending.
        missing: Missing::Fine,
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
    .map(|alarm| alarm.add(scope, context, told))
    .into()
}

/// The alarm in the region of the original: objects were not copied, and are not tried again.
pub fn bucket_failed(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    replica: &BucketReplica,
    told: &Told,
) -> Raised {
    let alarm = Alarm::never(
        "copy-failed",
        "Objects were not copied to the other region: their copies are missing until S3 Batch Replication makes them",
        ("AWS/S3", "OperationsFailedReplication"),
        replica.dimensions().into(),
        subject,
    );
    alarm.add(scope, context, told)
}

const PROMISED_SECONDS: f64 = 900.0;
/// Ten seconds' work: S3 copies a gigabit a second in time (S3 user guide, "S3 RTC best practices").
const GIBIBYTE: f64 = 1_073_741_824.0;
/// A minute's payments at a hundred a second, and some.
const MANY_OPERATIONS: f64 = 10_000.0;
