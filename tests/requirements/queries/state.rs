//! Terraform states: the bucket and the lock table of `bootstrap`, and the backends of the other environments.

use paymig::aws;
use paymig::terraform::tree::View;

use super::buckets;
use crate::framework::case::{Case, Item, Known, Text, Verdict};

/// The bucket of the states keeps every version, encrypted, and is closed to the public and to plain text.
pub(crate) fn state_bucket_keeps_versions_and_is_closed(case: Case<'_>) -> Verdict {
    let versions = case
        .every::<aws::S3Bucket>()
        .that("of the states", is_of_states)
        .exactly(1)
        .must("keep every version", |bucket| {
            type Versioning = aws::S3BucketVersioning;
            let versioning = bucket.from::<Versioning, _>(View::<Versioning>::bucket);
            versioning.iter().any(|it| {
                let configuration = it.versioning_configuration();
                configuration.is_some_and(|it| it.status().is("Enabled"))
            })
        })
        .verdict();
    versions
        .and(buckets::buckets_are_encrypted(case))
        .and(buckets::buckets_block_public_access(case))
        .and(buckets::buckets_deny_connections_without_tls(case))
}

/// One table locks the states: by the key that Terraform uses, and with the name that ends with the suffix.
pub(crate) fn lock_table_exists(case: Case<'_>) -> Verdict {
    case.every::<aws::DynamodbTable>()
        .exactly(1)
        .must("have the key of Terraform's locks", |table| {
            table.hash_key().is("LockID")
        })
        .must("have the suffix", |table| {
            let name = table.name().text().unwrap_or_default();
            name.ends_with(Case::suffix())
        })
        .verdict()
}

fn is_of_states(bucket: &Item<'_, aws::S3Bucket>) -> bool {
    let name = bucket.bucket().text().unwrap_or_default();
    name.contains("state")
}
