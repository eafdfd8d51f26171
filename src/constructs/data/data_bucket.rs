//! Buckets of the stack file, with their lifecycle rules.

use crate::aws;
use crate::aws::s3_bucket_lifecycle_configuration::{
    AbortIncompleteMultipartUpload, Expiration, Filter, NoncurrentVersionExpiration, Rule,
    RuleArgs, Transition,
};
use crate::config::{Bucket as Config, ObjectLifecycle};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::data::bucket::{BucketStatement, PrivateBucket, PrivateBucketProps};
use crate::constructs::security::kms_key::KmsKey;
use crate::terraform::tree::{Declared, Scope, Value};

/// Configuration of a bucket of the stack file.
pub struct DataBucketProps<'a> {
    /// The section of the stack file.
    pub section: SectionRef<'a, Config>,
    /// Lifecycle of its objects.
    pub lifecycle: ObjectLifecycle,
    /// Encrypts the objects.
    pub key: KmsKey,
    /// Statements of the bucket's policy that allow services to write.
    pub statements: Vec<BucketStatement>,
}

/// Adds a private bucket with the section's lifecycle.
pub fn add_data_bucket(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: DataBucketProps<'_>,
) -> PrivateBucket {
    let token = format!("bucket-{}", props.section.physical_name_key());
    let bucket = PrivateBucketProps {
        token: &token,
        key: props.key,
        statements: props.statements,
    };
    let bucket = PrivateBucket::new(scope, context, bucket);
    add_lifecycle(scope, bucket, props.lifecycle);
    bucket
}

/// Adds the lifecycle configuration of a bucket.
pub(super) fn add_lifecycle(
    scope: &mut Scope<'_>,
    bucket: PrivateBucket,
    lifecycle: ObjectLifecycle,
) {
    scope.add("lifecycle", archive_and_expire(bucket.name(), lifecycle));
}

/// The lifecycle configuration that archives all objects, if they may be archived, and then deletes them.
///
/// PCI DSS 10.5.1: three months immediately available, twelve months in total.
pub fn archive_and_expire(
    bucket: Value<String>,
    lifecycle: ObjectLifecycle,
) -> Declared<aws::S3BucketLifecycleConfiguration> {
    let rule = Rule::new(RuleArgs {
        id: "archive-and-expire".into(),
        status: "Enabled".into(),
    })
    .filter(Filter::new())
    .when_some(lifecycle.archive_after, |rule, days| {
        rule.transition(Transition::new("GLACIER").days(days.get()))
    })
    .expiration(Expiration::new().days(lifecycle.expire_after.get()))
    .noncurrent_version_expiration(NoncurrentVersionExpiration::new(
        lifecycle.expire_after.get(),
    ))
    .abort_incomplete_multipart_upload(
        AbortIncompleteMultipartUpload::new().days_after_initiation(INCOMPLETE_UPLOAD_DAYS),
    );
    aws::S3BucketLifecycleConfiguration::new(bucket)
        .transition_default_minimum_object_size(ALL_SIZES_TO_GLACIER)
        .rule(rule)
}

/// Otherwise S3 does not archive objects under 128 KB, and the record of a payment has less than 1 KB (S3 user
/// guide, "Transitioning objects using Amazon S3 Lifecycle").
const ALL_SIZES_TO_GLACIER: &str = "varies_by_storage_class";

/// Incomplete uploads are billed until they are aborted.
const INCOMPLETE_UPLOAD_DAYS: u8 = 7;
