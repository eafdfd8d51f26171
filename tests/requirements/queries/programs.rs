//! Programs of a runbook migration.

use std::collections::BTreeSet;

use paymig::aws;
use paymig::terraform::tree::{Argument, View};

use super::network::is_open;
use crate::framework::case::{Case, Item, Known, Text, Verdict};

type Function<'t> = Item<'t, aws::LambdaFunction>;

/// Cutover and validation: both have the databases and the checkpoint bucket in their environment.
pub(crate) fn runbook_has_cutover_and_validation_functions(case: Case<'_>) -> Verdict {
    let handlers: BTreeSet<&str> = case
        .items::<aws::LambdaFunction>()
        .iter()
        .filter_map(|function| function.handler().text()?.split('.').next())
        .collect();
    case.every::<aws::LambdaFunction>()
        .that("of the migration", is_of_migration)
        .exactly(2)
        .must("write checkpoints to a bucket", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            let kept = settings.and_then(|all| all.key("CHECKPOINT_BUCKET"));
            !function.to::<aws::S3Bucket, _>(kept).is_empty()
        })
        .verdict()
        .and(
            case.every::<aws::LambdaFunction>()
                .that("of the cutover", |function| {
                    let handler = function.handler().text();
                    handler.is_some_and(|handler| handler.starts_with("cutover."))
                })
                .exactly(1)
                .must("notify the operators", |function| {
                    let settings = function.environment().and_then(|it| it.variables());
                    let topic = settings.and_then(|all| all.key("ALERT_TOPIC_ARN"));
                    function.uses_own::<aws::SnsTopic, _>(topic)
                })
                .verdict(),
        )
        .and(Verdict::of(
            ["cutover", "validation"]
                .iter()
                .all(|program| handlers.contains(program)),
            format!("no program cuts over, or none compares: {handlers:?}"),
        ))
}

/// Metric filters count each step of the migration in the programs' logs.
pub(crate) fn migration_steps_are_counted(case: Case<'_>) -> Verdict {
    const EVENTS: [&str; 5] = [
        "failed",
        "fenced",
        "promoted",
        "traffic-shifted",
        "validated",
    ];
    case.every::<aws::LambdaFunction>()
        .that("of the migration", is_of_migration)
        .must("have metric filters for its steps", |function| {
            let logging = function.logging_config();
            let groups = logging
                .map(|logging| function.to::<aws::CloudwatchLogGroup, _>(logging.log_group()));
            type Filter = aws::CloudwatchLogMetricFilter;
            let filters: Vec<_> = groups
                .iter()
                .flatten()
                .flat_map(|group| group.from::<Filter, _>(View::<Filter>::log_group_name))
                .collect();
            EVENTS.iter().all(|event| {
                let pattern = format!("$.event = \"{event}\"");
                filters.iter().any(|filter| {
                    let metric = filter.metric_transformation();
                    filter
                        .pattern()
                        .text()
                        .unwrap_or_default()
                        .contains(&pattern)
                        && metric.is_some_and(|metric| metric.value().is("1"))
                })
            })
        })
        .verdict()
}

/// Programs have egress rules to HTTPS and the databases.
pub(crate) fn runbook_functions_reach_both_databases(case: Case<'_>) -> Verdict {
    type Out = aws::VpcSecurityGroupEgressRule;
    let rules = |function: &Function<'_>| {
        let config = function.vpc_config();
        let groups =
            config.map(|config| function.to::<aws::SecurityGroup, _>(config.security_group_ids()));
        let groups = groups.unwrap_or_default();
        let rules = groups
            .iter()
            .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id));
        rules.filter(|rule| rule.to_port().is(5432)).count()
    };
    case.every::<aws::LambdaFunction>()
        .that("of the migration", is_of_migration)
        .must("have egress rules to both databases", |function| {
            rules(function) >= 2
        })
        .verdict()
}

/// Images, logs, keys and secrets have VPC endpoints in each region.
pub(crate) fn calls_of_tasks_use_vpc_endpoints(case: Case<'_>) -> Verdict {
    const NEEDED: [&str; 6] = ["ecr.api", "ecr.dkr", "kms", "logs", "s3", "secretsmanager"];
    case.every::<aws::Vpc>()
        .must("have VPC endpoints for the calls of tasks", |vpc| {
            let endpoints = vpc.from::<aws::VpcEndpoint, _>(View::<aws::VpcEndpoint>::vpc_id);
            NEEDED.iter().all(|service| {
                let name = format!("com.amazonaws.{}.{service}", vpc.region());
                let mut endpoints = endpoints.iter();
                endpoints.any(|endpoint| endpoint.service_name().is(&name) && is_open(endpoint))
            })
        })
        .verdict()
}

/// The programs own writer and hold. The stack file owns the weight, because it
/// owns the records.
pub(crate) fn writer_is_a_parameter_and_weight_is_configured(case: Case<'_>) -> Verdict {
    let value = Argument::<aws::SsmParameter>::insecure_value().terraform_name();
    let first = case.tree.providers()[0].region();
    let kept = |end: &'static str, allowed: &'static str, ignored: bool| {
        let name = format!("/payment/{}/{}/{end}", case.environment, Case::suffix());
        case.every::<aws::SsmParameter>()
            .that(end, |parameter| {
                parameter.name().is(&name) && parameter.region() == first
            })
            .must(
                "have a pattern, and a value that no apply resets",
                |parameter| {
                    let ignores = parameter.node.meta().lifecycle().ignore_changes();
                    ignores.contains(&value) == ignored && parameter.allowed_pattern().is(allowed)
                },
            )
            .verdict()
    };
    kept("writer", "^(source|fenced|target)$", true)
        .and(kept("replication", "^(absent|present)$", true))
        .and(kept("rollback-window", "^(open|closed)$", true))
        .and(kept("traffic/hold", "^.+$", true))
        .and(kept("traffic/weight", "^([0-9]|[1-9][0-9]|100)$", false))
}

fn is_of_migration(function: &Function<'_>) -> bool {
    let settings = function.environment().and_then(|it| it.variables());
    settings.is_some_and(|all| all.key("REPLICATIONS").is_some())
}
