//! The buckets that a stack file names: what is in them ages by rule.

use crate::aws;
use crate::aws::s3_bucket_lifecycle_configuration::{
    AbortIncompleteMultipartUpload, Expiration, Filter, NoncurrentVersionExpiration, Rule,
    RuleArgs, Transition,
};
use crate::config::{Bucket as Config, Lifecycle};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::data::bucket::{BucketStatement, PrivateBucket, private_bucket};
use crate::constructs::security::kms_key::KmsKey;
use crate::terraform::tree::{Block, Scope};

/// The bucket that `config` describes, encrypted with `key`; `statements` let services write.
pub fn storage(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    key: KmsKey,
    statements: impl IntoIterator<Item = BucketStatement>,
) -> PrivateBucket {
    let token = format!("bucket-{}", config.physical_name_key());
    let bucket = private_bucket(scope, context, &token, key, statements);
    age(scope, bucket, &config.lifecycle);
    bucket
}

/// Lets what is in a bucket age.
pub(super) fn age(scope: &mut Scope<'_>, bucket: PrivateBucket, lifecycle: &Lifecycle) {
    scope.add(
        "lifecycle",
        aws::S3BucketLifecycleConfiguration::new(bucket.name()).rule(aging(lifecycle)),
    );
}

/// PCI DSS 10.5.1: three months at hand, twelve months in all.
pub fn aging(lifecycle: &Lifecycle) -> Block<Rule> {
    Rule::new(RuleArgs {
        id: "aging".into(),
        status: "Enabled".into(),
    })
    .filter(Filter::new())
    .transition(Transition::new("GLACIER").days(lifecycle.glacier_after.get()))
    .expiration(Expiration::new().days(lifecycle.expire_after.get()))
    .noncurrent_version_expiration(NoncurrentVersionExpiration::new(
        lifecycle.expire_after.get(),
    ))
    .abort_incomplete_multipart_upload(
        AbortIncompleteMultipartUpload::new().days_after_initiation(ABANDONED_AFTER_DAYS),
    )
}

/// Parts of an upload that nobody finished are paid for until they are removed.
const ABANDONED_AFTER_DAYS: u8 = 7;
