//! Functions: code, encryption, tracing, concurrency.

use paymig::aws;
use paymig::terraform::tree::View;

use crate::framework::case::{Amount, Case, Known, Verdict};

/// A function runs an object version that the configuration contains, by its checksum.
pub(crate) fn functions_run_the_code_of_the_configuration(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("that is no image", |function| {
            !function.package_type().is("Image")
        })
        .must("run Python", |function| function.runtime().is("python3.13"))
        .must(
            "run one version of an archive in this configuration",
            |function| {
                let archives = function.to::<aws::S3Object, _>(function.s3_object_version());
                matches!(&archives[..], [archive] if archive.content_base64().is_some()
                && archive.to::<aws::S3Bucket, _>(archive.bucket()).len() == 1)
                    && function.source_code_hash().is_some()
            },
        )
        .verdict()
}

/// Environment variables are encrypted, and calls are traced.
pub(crate) fn functions_are_encrypted_and_traced(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .must(
            "encrypt its environment variables with a key of its own region",
            |function| function.uses_own::<aws::KmsKey, _>(function.kms_key_arn()),
        )
        .must("be traced", |function| {
            let tracing = function.tracing_config();
            tracing.is_some_and(|tracing| tracing.mode().is("Active"))
        })
        .must("log JSON to a log group of its own", |function| {
            let logging = function.logging_config();
            logging.is_some_and(|logging| {
                let groups = function.to::<aws::CloudwatchLogGroup, _>(logging.log_group());
                logging.log_format().is("JSON") && groups.len() == 1
            })
        })
        .verdict()
}

/// Payment functions have provisioned concurrency: millions a day are some hundred a second at noon.
pub(crate) fn payment_functions_have_scaled_provisioned_concurrency(case: Case<'_>) -> Verdict {
    warm_between(case, 10, 100)
}

/// Provisioned concurrency scales from `least` to `most`.
pub(crate) fn warm_between(case: Case<'_>, least: i64, most: i64) -> Verdict {
    case.every::<aws::AppautoscalingTarget>()
        .that("for functions", |target| {
            target.service_namespace().is("lambda")
        })
        .must("have the configured provisioned concurrency", |target| {
            target.min_capacity().at_least(least) && target.max_capacity().at_least(most)
        })
        .must("belong to a version of an alias", |target| {
            !target
                .to::<aws::LambdaAlias, _>(target.resource_id())
                .is_empty()
        })
        .must("scale with utilization", |target| {
            let policies = target.from::<aws::AppautoscalingPolicy, _>(
                View::<aws::AppautoscalingPolicy>::resource_id,
            );
            policies
                .iter()
                .any(|policy| policy.policy_type().is("TargetTrackingScaling"))
        })
        .verdict()
}
