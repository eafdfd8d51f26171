//! Lambda.

use paymig::aws::{
    AppautoscalingTarget, LambdaAlias, LambdaProvisionedConcurrencyConfig, S3Bucket,
    S3BucketServerSideEncryptionConfiguration, S3BucketVersioning, S3Object,
};
use paymig::terraform::tree::{Argument as A, View};

use crate::framework::case::{Amount, Case, Known, Verdict};
use crate::framework::mutation::{detached, removed, weakened};
use crate::framework::requirement::{Requirement, query};

pub(crate) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "AWS-FN-1",
            "Provisioned concurrency that is scaled has an initial value, without which Application Auto Scaling \
             does not scale it (Lambda developer guide, \"Configuring provisioned concurrency for a function\").",
        )
        .verified_by(query!(
            scaled_concurrency_is_provisioned_first,
            [
                detached::<AppautoscalingTarget>(),
                removed::<LambdaProvisionedConcurrencyConfig>(),
                weakened(A::<LambdaProvisionedConcurrencyConfig>::qualifier()),
                weakened(A::<LambdaProvisionedConcurrencyConfig>::provisioned_concurrent_executions()),
            ]
        )),
        Requirement::new(
            "AWS-FN-2",
            "A deployment package is uploaded once its bucket keeps versions and has a key. Otherwise it has no \
             version and another key, and the next apply uploads it again (S3 user guide, \"How S3 Versioning works\").",
        )
        .verified_by(query!(
            packages_are_uploaded_to_configured_buckets,
            [detached::<S3Object>()]
        )),
    ]
}

fn scaled_concurrency_is_provisioned_first(case: Case<'_>) -> Verdict {
    type Initial = LambdaProvisionedConcurrencyConfig;
    case.any::<AppautoscalingTarget>()
        .must("scale what is provisioned", |target| {
            if !target.service_namespace().is("lambda") {
                return true;
            }
            let aliases = target.to::<LambdaAlias, _>(target.resource_id());
            let [alias] = &aliases[..] else {
                return false;
            };
            let initial = alias.from::<Initial, _>(View::<Initial>::qualifier);
            let [initial] = &initial[..] else {
                return false;
            };
            target.depends_on(initial)
                && initial.provisioned_concurrent_executions().number()
                    == target.min_capacity().number()
        })
        .verdict()
}

fn packages_are_uploaded_to_configured_buckets(case: Case<'_>) -> Verdict {
    case.any::<S3Object>()
        .must("be uploaded once the bucket is configured", |object| {
            let bucket = object.to::<S3Bucket, _>(object.bucket());
            let [bucket] = &bucket[..] else {
                return false;
            };
            let versioning =
                bucket.from::<S3BucketVersioning, _>(View::<S3BucketVersioning>::bucket);
            let encryption = bucket.from::<S3BucketServerSideEncryptionConfiguration, _>(
                View::<S3BucketServerSideEncryptionConfiguration>::bucket,
            );
            !versioning.is_empty()
                && !encryption.is_empty()
                && versioning.iter().all(|it| object.depends_on(it))
                && encryption.iter().all(|it| object.depends_on(it))
        })
        .verdict()
}
