//! Retention of records: immediately available first, then in cheaper storage.

use paymig::aws;
use paymig::terraform::tree::View;

use crate::framework::case::{Amount, Case, Known, Verdict};

/// Days for which records are immediately available.
const AT_HAND: i64 = 90;

/// The trail and the programs write records to one bucket.
pub(crate) fn audit_logs_have_a_bucket(case: Case<'_>) -> Verdict {
    case.every::<aws::S3Bucket>()
        .some("for the audit", |bucket| {
            !bucket
                .from::<aws::Cloudtrail, _>(View::<aws::Cloudtrail>::s3_bucket_name)
                .is_empty()
        })
        .verdict()
}

/// Records are available for 90 days, then in Glacier until they expire.
pub(crate) fn audit_logs_move_to_glacier(case: Case<'_>) -> Verdict {
    case.every::<aws::S3Bucket>()
        .that("that the stack file names", |bucket| {
            bucket.path().starts_with("bucket/")
        })
        .must("move to Glacier after ninety days", |bucket| {
            type Lifecycle = aws::S3BucketLifecycleConfiguration;
            let lifecycles = bucket.from::<Lifecycle, _>(View::<Lifecycle>::bucket);
            lifecycles.iter().any(|lifecycle| {
                let rules = lifecycle.rule();
                rules.iter().any(|rule| {
                    rule.status().is("Enabled")
                        && rule.transition().iter().any(|step| {
                            step.storage_class().is("GLACIER") && step.days().at_least(AT_HAND)
                        })
                })
            })
        })
        .verdict()
}
