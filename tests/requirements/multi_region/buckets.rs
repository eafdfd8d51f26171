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
            "Transaction logs are in a bucket, and replicated to the other region within 15 minutes.",
        )
        .verified_by(query!(
            bucket_replicas::transactions_and_audit_trail_are_replicated,
            [
                removed::<S3Bucket>().within("bucket/transactions"),
                removed::<S3Bucket>().within("bucket/audit"),
                removed::<S3BucketReplicationConfiguration>()
                    .within("bucket/transactions/replication"),
                removed::<S3BucketReplicationConfiguration>().within("bucket/audit"),
                dropped(A::<S3BucketReplicationConfiguration>::bucket())
                    .within("bucket/transactions/replication"),
                weakened_in(A::<S3BucketReplicationConfiguration>::rule(), "bucket")
                    .within("bucket/transactions/replication"),
            ]
        ))
        .verified_by(query!(
            bucket_replicas::objects_of_both_regions_are_replicated,
            [removed::<S3BucketReplicationConfiguration>().within("bucket/transactions/replica")]
        ))
        .verified_by(query!(
            bucket_replicas::bucket_replication_is_complete_encrypted_and_timed,
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
            "The audit trail has a bucket of its own, which is replicated too.",
        )
        .same_as("002-BKT-1")
        .same_as("002-SEC-6"),
        Requirement::new(
            "002-BKT-3",
            "Buckets are encrypted with customer-managed keys, block public access, and deny connections without TLS.",
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
            buckets::buckets_block_public_access,
            [
                removed::<S3BucketPublicAccessBlock>(),
                weakened(A::<S3BucketPublicAccessBlock>::block_public_acls()),
                weakened(A::<S3BucketPublicAccessBlock>::block_public_policy()),
            ]
        ))
        .verified_by(shared::buckets::buckets_deny_connections_without_tls())
        .deviates("docs/deviations.md#access-logs","the buckets of the load balancers' access logs use the key of S3: AWS delivers the logs with no other key"),
        Requirement::new(
            "002-BKT-4",
            "Every version is kept. Objects move to cheaper storage classes and expire after their retention.",
        )
        .verified_by(shared::buckets::buckets_keep_versions())
        .verified_by(query!(
            buckets::records_are_kept_for_a_year,
            [
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "status").within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "expiration")
                    .within("bucket"),
                removed::<S3BucketLifecycleConfiguration>().within("bucket"),
            ]
        )),
        Requirement::new(
            "002-BKT-5",
            "Checkpoints of the migration are in a bucket.",
        )
        .verified_by(shared::buckets::checkpoint_bucket_exists()),
        Requirement::new(
            "002-BKT-6",
            "Late, pending and failed bucket replication causes an alarm.",
        )
        .verified_by(query!(
            bucket_replicas::bucket_replication_has_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/bucket"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/bucket"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/bucket"),
            ]
        ))
        .tested("tests/terraform/storage.rs", "bucket_replication_alarm_is_in_the_region_of_its_metrics"),
    ]
}
