//! Validation runs before and after a migration, started by a custom resource.

use paymig::aws;
use paymig::terraform::tree::{Object, Read, Term};

use super::keys::{hmac_keys_serve_one_role, only_role};
use super::monitoring::lines;
use super::workflow::counts_events;
use crate::framework::case::{Case, Item, Known, Text, Verdict};
use crate::framework::policy::{json, several, text};

type Function<'t> = Item<'t, aws::LambdaFunction>;

/// A CloudFormation stack contains the custom resource only; its parameters select the run.
pub(crate) fn custom_resource_validates_the_migration(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudformationStack>()
        .must("invoke a function, with a custom resource", |stack| {
            let body = stack.template_body();
            let template = body.and_then(|body| json(body.term()));
            let resources = template.and_then(|it| object(it, "Resources"));
            let mut resources = resources.into_iter().flat_map(Object::iter);
            let custom = resources.any(|(_, resource)| match resource {
                Term::Object(resource) => {
                    let kind = resource.get("Type").and_then(text).unwrap_or_default();
                    let asked = object(resource, "Properties");
                    let asked = asked.and_then(|it| object(it, "ServiceToken"));
                    kind.starts_with("Custom::") && asked.is_some_and(|it| it.get("Ref").is_some())
                }
                _ => false,
            });
            let function = stack.parameters().and_then(|all| all.key("Function"));
            custom && stack.to::<aws::LambdaFunction, _>(function).len() == 1
        })
        .must("accept skip, pre and post", |stack| {
            let body = stack.template_body();
            let template = body.and_then(|body| json(body.term()));
            let parameters = template.and_then(|it| object(it, "Parameters"));
            let run = parameters.and_then(|it| object(it, "RunValidation"));
            let allowed = run.and_then(|it| it.get("AllowedValues"));
            let allowed: Vec<_> = allowed.into_iter().flat_map(several).collect();
            let allowed: Vec<_> = allowed.into_iter().filter_map(text).collect();
            let asked = stack.parameters().and_then(|all| all.key("RunValidation"));
            allowed == ["skip", "pre", "post"]
                && asked.is_some_and(|it| it.literal().is_some_and(|it| allowed.contains(&it)))
        })
        .verdict()
}

/// The custom resource uses the cutover and validation functions, which read both sides.
pub(crate) fn validations_use_both_sides(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudformationStack>()
        .must("use the functions that compare both databases", |stack| {
            let function = stack.parameters().and_then(|all| all.key("Function"));
            let answering = stack.to::<aws::LambdaFunction, _>(function);
            answering.iter().any(|function| {
                runs(function, "CUTOVER_FUNCTION_ARN", "cutover.")
                    && runs(function, "VALIDATION_FUNCTION_ARN", "validation.")
            })
        })
        .verdict()
}

/// Each program of the migration has metric filters for its events, and writes results to a bucket.
pub(crate) fn steps_are_counted_and_have_checkpoints(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("of the migration", |function| {
            setting(function, "CHECKPOINT_BUCKET").is_some()
        })
        .exactly(3)
        .must("have metric filters for its events", counts_events)
        .must("write results to a bucket", |function| {
            let bucket = setting(function, "CHECKPOINT_BUCKET");
            function.to::<aws::S3Bucket, _>(bucket).len() == 1
        })
        .verdict()
}

/// Dashboards show the metrics of the steps.
pub(crate) fn dashboards_show_migration_steps(case: Case<'_>) -> Verdict {
    let filters = case.items::<aws::CloudwatchLogMetricFilter>();
    let counted: Vec<(&str, &str)> = filters
        .iter()
        .filter(|filter| !filter.path().starts_with("database/"))
        .filter_map(|filter| filter.metric_transformation())
        .filter_map(|metric| Some((metric.namespace().text()?, metric.name().text()?)))
        .collect();
    case.every::<aws::CloudwatchDashboard>()
        .some("shows all counted steps", |dashboard| {
            let lines = lines(dashboard);
            let drawn: Vec<_> = lines
                .iter()
                .filter_map(|line| match line {
                    [namespace, name, ..] => Some((text(namespace)?, text(name)?)),
                    _ => None,
                })
                .collect();
            !counted.is_empty() && counted.iter().all(|metric| drawn.contains(metric))
        })
        .verdict()
}

/// The key of the keyed hashes is derived from an HMAC key, which never leaves KMS.
pub(crate) fn comparisons_use_keyed_hashes(case: Case<'_>) -> Verdict {
    let functions = case
        .every::<aws::LambdaFunction>()
        .that("of the validation", |function| {
            let handler = function.handler().text().unwrap_or_default();
            handler.starts_with("validation.")
        })
        .must("use a key that serves its role only", |function| {
            let keys = function.to::<aws::KmsKey, _>(setting(function, "HASH_KEY_ARN"));
            let roles = function.to::<aws::IamRole, _>(function.role());
            match (&keys[..], &roles[..]) {
                ([key], [role]) => {
                    let name = role.name().text();
                    name.is_some() && only_role(key) == name
                }
                _ => false,
            }
        })
        .must("be Python", |function| function.runtime().is("python3.13"))
        .verdict();
    functions.and(hmac_keys_serve_one_role(case))
}

/// Whether the environment variable `name` of a function refers to a function with this handler.
fn runs(function: &Function<'_>, name: &str, handler: &str) -> bool {
    let called = function.to::<aws::LambdaFunction, _>(setting(function, name));
    matches!(&called[..], [called] if called
        .handler()
        .text()
        .is_some_and(|it| it.starts_with(handler))
        && called.vpc_config().is_some()
        && !called
            .to::<aws::SecretsmanagerSecret, _>(setting(called, "REPLICATIONS"))
            .is_empty())
}

fn setting<'t>(function: &Function<'t>, name: &str) -> Option<Read<'t, String>> {
    let settings = function.environment().and_then(|it| it.variables());
    settings.and_then(|all| all.key(name))
}

fn object<'t>(of: &'t Object, name: &str) -> Option<&'t Object> {
    match of.get(name) {
        Some(Term::Object(object)) => Some(object),
        _ => None,
    }
}
