//! A runbook migration: its programs, and its state between calls.

use paymig::aws;
use paymig::terraform::tree::{Argument, Term};

use super::existing_resources::{is_let_out, reaches_both};
use super::monitoring::{lines, threshold};
use super::workflow::counts_events;
use crate::framework::case::{Case, Group, Item, Known, Text, Verdict};
use crate::framework::policy::text;

/// Validation and cutover: both log in to both databases, and metric filters count their steps.
pub(crate) fn runbook_functions_exist(case: Case<'_>) -> Verdict {
    programs(case)
        .exactly(2)
        .some("validates", |function| runs(function, "validation."))
        .some("performs the cutover", |function| {
            runs(function, "cutover.")
        })
        .must("have metric filters for its steps", counts_events)
        .must("reach both databases and AWS", |function| {
            let groups = function
                .vpc_config()
                .map(|config| function.to::<aws::SecurityGroup, _>(config.security_group_ids()));
            let mut groups = groups.iter().flatten();
            groups.any(|group| reaches_both(case, group) && is_let_out(group, 443))
        })
        .must("write checkpoints to a bucket", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            let kept = settings.and_then(|all| all.key("CHECKPOINT_BUCKET"));
            function.to::<aws::S3Bucket, _>(kept).len() == 1
        })
        .must("have the ARN of every replication task", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            let tasks = settings.and_then(|all| all.key("REPLICATIONS"));
            function.to::<aws::DmsReplicationTask, _>(tasks).len()
                == case.items::<aws::DmsReplicationTask>().len()
        })
        .verdict()
}

/// The migration owns writer and hold; the weight is
/// the configuration's.
pub(crate) fn migration_state_is_in_parameters(case: Case<'_>) -> Verdict {
    let named = |end: &'static str, allowed: &'static str| {
        let name = format!("/payment/{}/{}/{end}", case.environment, Case::suffix());
        case.every::<aws::SsmParameter>()
            .that(end, |parameter| parameter.name().is(&name))
            .must("have a pattern", |parameter| {
                parameter.allowed_pattern().is(allowed)
            })
    };
    let value = Argument::<aws::SsmParameter>::insecure_value().terraform_name();
    let ignored = |parameter: &Item<'_, aws::SsmParameter>| {
        let ignored = parameter.node.meta().lifecycle().ignore_changes();
        ignored.contains(&value)
    };
    let writer = named("writer", "^(source|fenced|target)$")
        .must("keep its value", ignored)
        .verdict();
    let window = named("rollback-window", "^(open|closed)$")
        .must("keep its value", ignored)
        .verdict();
    let replication = named("replication", "^(absent|present)$")
        .must("keep its value", ignored)
        .verdict();
    let hold = named("traffic/hold", "^.+$")
        .must("keep its value", ignored)
        .verdict();
    let weight = named("traffic/weight", "^([0-9]|[1-9][0-9]|100)$")
        .must("have the value of the configuration", |it| !ignored(it))
        .verdict();
    writer.and(window).and(replication).and(hold).and(weight)
}

/// The limit of replication lag, in seconds.
const BEHIND: f64 = 5.0;

/// Both latencies of each task: at its source and at its target.
pub(crate) fn lag_of_each_task_has_an_alarm(case: Case<'_>) -> Verdict {
    let alarms = case.items::<aws::CloudwatchMetricAlarm>();
    case.every::<aws::DmsReplicationTask>()
        .must("have an alarm on lag above five seconds", |task| {
            let of_task = |alarm: &Item<'_, aws::CloudwatchMetricAlarm>| {
                let of = alarm
                    .dimensions()
                    .and_then(|all| all.key("ReplicationTaskIdentifier"));
                of.is_some_and(|of| {
                    let named = of.literal();
                    named.is_some() && named == task.resource_identifier().text()
                        || of.refers_to(task.node.node_id())
                })
            };
            let instances =
                task.to::<aws::DmsReplicationInstance, _>(task.replication_instance_arn());
            let of_instance = |alarm: &Item<'_, aws::CloudwatchMetricAlarm>| {
                let of = alarm
                    .dimensions()
                    .and_then(|all| all.key("ReplicationInstanceIdentifier"));
                let mut instances = instances.iter();
                instances.any(|it| it.replication_instance_id().text() == of.text())
            };
            ["CDCLatencySource", "CDCLatencyTarget"]
                .iter()
                .all(|metric| {
                    alarms.iter().any(|alarm| {
                        alarm.metric_name().is(metric)
                            && of_task(alarm)
                            && of_instance(alarm)
                            && threshold(alarm).is_some_and(|lag| lag > 0.0 && lag <= BEHIND)
                            && alarm.comparison_operator().is("GreaterThanThreshold")
                    })
                })
        })
        .verdict()
}

/// A dashboard shows each counted step of the migration.
pub(crate) fn dashboards_show_each_migration_step(case: Case<'_>) -> Verdict {
    let filters = case.items::<aws::CloudwatchLogMetricFilter>();
    let counted: Vec<_> = filters
        .iter()
        .filter_map(|filter| filter.metric_transformation()?.name().text())
        .collect();
    case.every::<aws::CloudwatchDashboard>()
        .some("shows every counted step", |dashboard| {
            let lines = lines(dashboard);
            let drawn: Vec<_> = lines
                .iter()
                .filter_map(|line| line.get(1).and_then(text))
                .collect();
            !counted.is_empty() && counted.iter().all(|metric| drawn.contains(metric))
        })
        .verdict()
}

/// The health of each side and its instances, and the distribution of requests.
pub(crate) fn dashboards_show_health_and_weights(case: Case<'_>) -> Verdict {
    const DRAWN: [&str; 4] = [
        "GroupInServiceInstances",
        "HealthCheckStatus",
        "HealthyHostCount",
        "RequestCount",
    ];
    case.every::<aws::CloudwatchDashboard>()
        .some("shows the health of each side", |dashboard| {
            let lines = lines(dashboard);
            DRAWN.iter().all(|metric| {
                let mut lines = lines.iter();
                lines.any(|line| line.get(1).and_then(text) == Some(metric))
            })
        })
        .verdict()
}

/// The old side is outside CloudWatch, so that its weight is the only measure of its requests.
pub(crate) fn dashboards_show_the_weight_of_each_side(case: Case<'_>) -> Verdict {
    let new = case.new_side_percent().unwrap_or(-1);
    let sides = [("new weight (%)", new), ("old weight (%)", 100 - new)];
    case.every::<aws::CloudwatchDashboard>()
        .some("shows the weight of each side", |dashboard| {
            let lines = lines(dashboard);
            sides.iter().all(|(label, weight)| {
                lines.iter().any(|line| match line {
                    [Term::Object(line)] => {
                        let expression = format!("TIME_SERIES({weight})");
                        line.get("expression").and_then(text) == Some(&expression)
                            && line.get("label").and_then(text) == Some(label)
                    }
                    _ => false,
                })
            })
        })
        .verdict()
}

fn programs(case: Case<'_>) -> Group<'_, aws::LambdaFunction> {
    case.every::<aws::LambdaFunction>()
        .that("of the migration", |function| {
            function.path().starts_with("runbook/")
        })
}

fn runs(function: &Item<'_, aws::LambdaFunction>, program: &str) -> bool {
    let handler = function.handler().text();
    handler.is_some_and(|handler| handler.starts_with(program))
}
