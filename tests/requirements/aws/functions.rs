//! Lambda.

use paymig::aws::{
    AppautoscalingTarget, LambdaAlias, LambdaFunction, LambdaProvisionedConcurrencyConfig,
    LbTargetGroup, LbTargetGroupAttachment, S3Bucket, S3BucketServerSideEncryptionConfiguration,
    S3BucketVersioning, S3Object, SsmParameter,
};
use paymig::terraform::tree::{Argument as A, View};

use crate::framework::case::{Amount, Case, Known, Text, Verdict};
use crate::framework::mutation::{detached, removed, weakened, weakened_in};
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
        Requirement::new(
            "AWS-FN-3",
            "A rotation and a cutover read the writer and the hold exactly where Parameter Store has them: `GetParameter` fails for a \
             parameter that does not exist, and the function with it.",
        )
        .verified_by(query!(
            functions_read_parameters_that_exist,
            [
                removed::<SsmParameter>().within("runtime/writer"),
                removed::<SsmParameter>().within("runtime/traffic/hold"),
            ]
        )),
        Requirement::new(
            "AWS-FN-4",
            "A health check has an interval of at least its timeout, and a longer one than the timeout of a function (Elastic Load \
             Balancing user guide, \"Use Lambda functions as targets\").",
        )
        .verified_by(query!(
            health_checks_wait_for_an_answer,
            [weakened_in(A::<LbTargetGroup>::health_check(), "interval")]
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

fn functions_read_parameters_that_exist(case: Case<'_>) -> Verdict {
    let parameters = case.items::<SsmParameter>();
    let has = |path: &str| parameters.iter().any(|parameter| parameter.path() == path);
    let exist = has("runtime/writer") && has("runtime/traffic/hold");
    case.any::<LambdaFunction>()
        .must("read parameters that exist", |function| {
            let variables = function.environment().and_then(|it| it.variables());
            let has = |name: &str| {
                let variables = variables.as_ref();
                variables.is_some_and(|all| all.key(name).is_some())
            };
            let handler = function.handler().text().unwrap_or_default();
            match handler.split('.').next() {
                // Keys that sign tokens are no logins: a cutover does not suspend their rotation.
                Some("rotation") if has("ROLLBACK_WINDOW") => has("PARAMETER_PREFIX") == exist,
                Some("cutover") => exist,
                _ => true,
            }
        })
        .verdict()
}

fn health_checks_wait_for_an_answer(case: Case<'_>) -> Verdict {
    case.any::<LbTargetGroup>()
        .must("check longer than an answer takes", |group| {
            // The defaults of AWS fit.
            let check = group.health_check();
            let Some(interval) = check.as_ref().and_then(|check| check.interval().number()) else {
                return true;
            };
            let attachments = group.from::<LbTargetGroupAttachment, _>(
                View::<LbTargetGroupAttachment>::target_group_arn,
            );
            let aliases = attachments
                .iter()
                .flat_map(|it| it.to::<LambdaAlias, _>(it.target_id()));
            let functions = aliases.flat_map(|it| it.to::<LambdaFunction, _>(it.function_name()));
            let mut timeouts = functions.map(|it| it.timeout().number());
            check
                .and_then(|check| check.timeout().number())
                .is_none_or(|timeout| timeout <= interval)
                && timeouts.all(|timeout| timeout.is_some_and(|it| it < interval))
        })
        .verdict()
}
