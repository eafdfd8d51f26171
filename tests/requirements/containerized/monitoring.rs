use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogGroup, CloudwatchLogMetricFilter, CloudwatchMetricAlarm,
    LambdaFunction, Lb, LbTargetGroup, Route53HealthCheck, S3Bucket, SnsTopic,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::queries::{balancers, checks, monitoring, names};
use crate::row::{MIGRATING, Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "001-MON-1",
            "A dashboard shows how far the migration is: its steps, the lag, and where requests go.",
        )
        .holds(query!(
            checks::dashboards_show_steps,
            MIGRATING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "name"
                ),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "namespace"
                ),
            ]
        ))
        .holds(query!(
            checks::steps_are_counted_and_kept,
            MIGRATING,
            [
                removed::<CloudwatchLogMetricFilter>(),
                weakened(A::<CloudwatchLogMetricFilter>::pattern()),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "value"
                ),
                removed::<LambdaFunction>().within("runbook"),
                weakened_in(A::<LambdaFunction>::environment(), "CHECKPOINT_BUCKET").within("runbook"),
                removed::<S3Bucket>().within("bucket/checkpoints"),
                removed::<CloudwatchLogGroup>().within("runbook"),
            ]
        ))
        .holds(asked::monitoring::dashboards_show_replication_lag())
        .holds(query!(
            monitoring::dashboards_show_traffic,
            SERVING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                removed::<LbTargetGroup>().at_once(),
            ]
        ))
        .holds(query!(
            balancers::dashboards_show_health_of_names,
            MIGRATING,
            [
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                removed::<Route53HealthCheck>().at_once(),
            ]
        )),
        Row::new(
            "001-MON-2",
            "It shows how long the API takes, and how often it fails.",
        )
        .holds(query!(
            balancers::dashboards_show_latency_and_errors,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                removed::<Lb>(),
            ]
        ))
        .holds(asked::monitoring::dashboards_show_errors())
        .holds(asked::monitoring::dashboards_show_databases()),
        Row::new(
            "001-MON-3",
            "What fails is told to people.",
        )
        .holds(query!(
            monitoring::alarms_tell_their_region,
            [
                dropped(A::<CloudwatchMetricAlarm>::alarm_actions()),
                dropped(A::<CloudwatchMetricAlarm>::ok_actions()),
                redirected(
                    A::<CloudwatchMetricAlarm>::alarm_actions(),
                    "alerts/operations/use1/topic"
                )
                .within("alarms/balancer"),
                removed::<SnsTopic>(),
            ]
        ))
        .holds(asked::monitoring::topics_reach_people())
        .holds(asked::monitoring::topics_are_sealed())
        .holds(query!(
            balancers::balancers_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/errors"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/target-errors"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions())
                    .within("alarms/balancer/main/main/latency"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name())
                    .within("alarms/balancer/main/main/errors"),
            ]
        ))
        .holds(query!(
            monitoring::both_sides_are_watched,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/tasks"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/function"),
            ]
        ))
        .holds(query!(
            monitoring::functions_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/function"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
                removed::<CloudwatchMetricAlarm>().within("alarms/runbook"),
                removed::<CloudwatchMetricAlarm>().within("dns-failback/alarm"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/function"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/rotation"),
            ]
        ))
        .holds(query!(
            monitoring::databases_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/database"),
            ]
        ))
        .holds(query!(
            names::dns_failback_rule_is_monitored,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("dns-failback/not-started"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name())
                    .within("dns-failback/not-started"),
            ]
        ))
        .see("001-REP-4"),
        Row::new("001-MON-4", "Logs are encrypted and kept for a year.").holds(asked::monitoring::logs_are_encrypted_and_kept()),
    ]
}
