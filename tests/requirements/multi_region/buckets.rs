use paymig::aws::{
    CloudwatchMetricAlarm, IamRole, IamRolePolicy, KmsKey, S3Bucket,
    S3BucketLifecycleConfiguration, S3BucketPublicAccessBlock, S3BucketReplicationConfiguration,
    S3BucketServerSideEncryptionConfiguration,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, query};
use crate::queries::{bucket_replicas, buckets};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-BKT-1",
            "Transaction logs are kept in a bucket and copied to the other region, within a quarter of an hour.",
        )
        .verified_by(query!(
            bucket_replicas::transactions_and_the_trail_are_copied,
            [
                removed::<S3Bucket>().within("bucket/transactions"),
                removed::<S3Bucket>().within("bucket/audit"),
                removed::<S3BucketReplicationConfiguration>(),
                dropped(A::<S3BucketReplicationConfiguration>::bucket()),
                weakened_in(A::<S3BucketReplicationConfiguration>::rule(), "bucket"),
            ]
        ))
        .verified_by(query!(
            bucket_replicas::copies_are_whole_sealed_and_in_time,
            [
                weakened_in(A::<S3BucketReplicationConfiguration>::rule(), "status"),
                weakened_in(
                    A::<S3BucketReplicationConfiguration>::rule(),
                    "source_selection_criteria"
                ),
                weakened_in(A::<S3BucketReplicationConfiguration>::rule(), "metrics"),
                weakened_in(
                    A::<S3BucketReplicationConfiguration>::rule(),
                    "replica_kms_key_id"
                ),
                removed::<IamRole>().within("bucket"),
                removed::<IamRolePolicy>().within("bucket"),
                removed::<KmsKey>().within("key/objects-use2"),
                removed::<KmsKey>().within("key/audit-use2"),
            ]
        ))
        .tested("tests/terraform/storage.rs", "tables_and_replicas_apply_and_are_destroyed")
        .tested("tests/terraform/storage.rs", "bucket_replica_blocks_public_access"),
        Requirement::new(
            "002-BKT-2",
            "The audit trail has a bucket of its own, copied too.",
        )
        .same_as("002-BKT-1")
        .same_as("002-SEC-6"),
        Requirement::new(
            "002-BKT-3",
            "Buckets are encrypted with keys of the system, closed to the public, and refuse connections in clear.",
        )
        .verified_by(query!(
            buckets::buckets_are_encrypted,
            [
                removed::<S3BucketServerSideEncryptionConfiguration>(),
                weakened_in(
                    A::<S3BucketServerSideEncryptionConfiguration>::rule(),
                    "sse_algorithm"
                ),
                removed::<KmsKey>().within("key/objects"),
                removed::<KmsKey>().within("key/audit"),
            ]
        ))
        .verified_by(query!(
            buckets::buckets_are_closed,
            [
                removed::<S3BucketPublicAccessBlock>(),
                weakened(A::<S3BucketPublicAccessBlock>::block_public_acls()),
                weakened(A::<S3BucketPublicAccessBlock>::block_public_policy()),
            ]
        ))
        .verified_by(shared::buckets::buckets_take_tls_only())
        .deviates("the buckets for the access logs of load balancers use S3's own key: AWS delivers to no other"),
        Requirement::new(
            "002-BKT-4",
            "Every version is kept; objects age into cheaper storage and go when they may.",
        )
        .verified_by(shared::buckets::buckets_keep_versions())
        .verified_by(query!(
            buckets::what_is_of_record_is_kept_for_a_year,
            [
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "status").within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "expiration")
                    .within("bucket"),
                removed::<S3BucketLifecycleConfiguration>().within("bucket"),
            ]
        )),
        Requirement::new(
            "002-BKT-5",
            "How far the migration came is kept in a bucket.",
        )
        .verified_by(shared::buckets::checkpoints_have_a_bucket()),
        Requirement::new(
            "002-BKT-6",
            "Copies that are late, waiting or missing raise an alarm.",
        )
        .verified_by(query!(
            bucket_replicas::copies_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/bucket"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/bucket"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/bucket"),
            ]
        ))
        .tested("tests/terraform/storage.rs", "bucket_replication_alarm_is_in_the_region_of_its_metrics"),
    ]
}
