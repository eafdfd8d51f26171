//! Shared evidence about buckets.

use paymig::aws::{
    KmsKey, S3Bucket, S3BucketLifecycleConfiguration, S3BucketPolicy, S3BucketPublicAccessBlock,
    S3BucketServerSideEncryptionConfiguration, S3BucketVersioning,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Query, query};
use crate::queries::buckets;

pub(crate) fn buckets_block_public_access() -> Query {
    query!(
        buckets::buckets_block_public_access,
        [
            removed::<S3BucketPublicAccessBlock>(),
            weakened(A::<S3BucketPublicAccessBlock>::block_public_acls()),
            weakened(A::<S3BucketPublicAccessBlock>::block_public_policy()),
            weakened(A::<S3BucketPublicAccessBlock>::ignore_public_acls()),
            dropped(A::<S3BucketPublicAccessBlock>::restrict_public_buckets()),
        ]
    )
}

pub(crate) fn buckets_are_encrypted() -> Query {
    query!(
        buckets::buckets_are_encrypted,
        [
            removed::<S3BucketServerSideEncryptionConfiguration>(),
            weakened_in(
                A::<S3BucketServerSideEncryptionConfiguration>::rule(),
                "sse_algorithm"
            ),
            weakened_in(
                A::<S3BucketServerSideEncryptionConfiguration>::rule(),
                "kms_master_key_id"
            ),
            removed::<KmsKey>().within("key/objects"),
        ]
    )
}

pub(crate) fn buckets_keep_versions() -> Query {
    query!(
        buckets::buckets_keep_versions,
        [
            removed::<S3BucketVersioning>(),
            weakened_in(
                A::<S3BucketVersioning>::versioning_configuration(),
                "status"
            ),
        ]
    )
}

pub(crate) fn buckets_deny_connections_without_tls() -> Query {
    query!(
        buckets::buckets_deny_connections_without_tls,
        [
            removed::<S3BucketPolicy>(),
            weakened_in(A::<S3BucketPolicy>::policy(), "aws:SecureTransport"),
            weakened_in(A::<S3BucketPolicy>::policy(), "Effect"),
        ]
    )
}

pub(crate) fn checkpoint_bucket_exists() -> Query {
    query!(
        buckets::checkpoint_bucket_exists,
        [removed::<S3Bucket>().within("bucket/checkpoints")]
    )
}

pub(crate) fn records_are_kept_for_a_year() -> Query {
    query!(
        buckets::records_are_kept_for_a_year,
        [
            weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "status").within("bucket"),
            weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "expiration").within("bucket"),
            weakened_in(
                A::<S3BucketLifecycleConfiguration>::rule(),
                "noncurrent_days"
            )
            .within("bucket"),
            removed::<S3BucketLifecycleConfiguration>().within("bucket"),
        ]
    )
}
