use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogGroup, CloudwatchLogMetricFilter, CloudwatchMetricAlarm,
    LambdaFunction, Lb, LbTargetGroup, Route53HealthCheck, S3Bucket, SnsTopic,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{balancers, checks, monitoring, names};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-MON-1",
            "A dashboard shows how far the migration is: its steps, the lag, and where requests go.",
        )
        .verified_by(query!(
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
        .verified_by(query!(
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
        .verified_by(shared::monitoring::dashboards_show_replication_lag())
        .verified_by(query!(
            monitoring::dashboards_show_traffic,
            SERVING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                removed::<LbTargetGroup>().at_once(),
            ]
        ))
        .verified_by(query!(
            balancers::dashboards_show_health_of_names,
            MIGRATING,
            [
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                removed::<Route53HealthCheck>().at_once(),
            ]
        )),
        Requirement::new(
            "001-MON-2",
            "It shows how long the API takes, and how often it fails.",
        )
        .verified_by(query!(
            balancers::dashboards_show_latency_and_errors,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                removed::<Lb>(),
            ]
        ))
        .verified_by(shared::monitoring::dashboards_show_errors())
        .verified_by(shared::monitoring::dashboards_show_databases()),
        Requirement::new(
            "001-MON-3",
            "What fails is told to people.",
        )
        .verified_by(query!(
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
        .verified_by(shared::monitoring::topics_reach_people())
        .verified_by(shared::monitoring::topics_are_sealed())
        .verified_by(query!(
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
        .verified_by(query!(
            monitoring::both_sides_are_watched,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/tasks"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/function"),
            ]
        ))
        .verified_by(query!(
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
        .verified_by(query!(
            monitoring::databases_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/database"),
            ]
        ))
        .verified_by(query!(
            names::dns_failback_rule_is_monitored,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("dns-failback/failed-invocations"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name())
                    .within("dns-failback/failed-invocations"),
            ]
        ))
        .same_as("001-REP-4"),
        Requirement::new("001-MON-4", "Logs are encrypted and kept for a year.").verified_by(shared::monitoring::logs_are_encrypted_and_kept()),
    ]
}
