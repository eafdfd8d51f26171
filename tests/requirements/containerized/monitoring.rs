use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogGroup, CloudwatchLogMetricFilter, CloudwatchMetricAlarm,
    LambdaFunction, Lb, LbTargetGroup, Route53HealthCheck, S3Bucket, SnsTopic,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{balancers, dns_traffic, monitoring, validation_runs};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-MON-1",
            "A dashboard shows the progress of the migration: its steps, the lag and the traffic of each side.",
        )
        .verified_by(query!(
            validation_runs::dashboards_show_migration_steps,
            MIGRATING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "name"
                )
                .within("runbook"),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "namespace"
                )
                .within("runbook"),
            ]
        ))
        .verified_by(query!(
            validation_runs::steps_are_counted_and_have_checkpoints,
            MIGRATING,
            [
                removed::<CloudwatchLogMetricFilter>().within("runbook"),
                weakened(A::<CloudwatchLogMetricFilter>::pattern()).within("runbook"),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "value"
                ).within("runbook"),
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
            balancers::dashboards_show_dns_health_checks,
            MIGRATING,
            [
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
                removed::<Route53HealthCheck>().at_once(),
            ]
        )),
        Requirement::new(
            "001-MON-2",
            "It shows the latency and the error rate of the API.",
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
            "Failures notify operators.",
        )
        .verified_by(query!(
            monitoring::alarms_notify_the_topic_of_their_region,
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
        .verified_by(shared::monitoring::topics_have_subscriptions())
        .verified_by(shared::monitoring::topics_are_encrypted_and_require_tls())
        .verified_by(query!(
            balancers::load_balancers_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/errors"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/outage"),
                weakened_in(A::<CloudwatchMetricAlarm>::metric_query(), "dimensions")
                    .within("alarms/balancer/main/main/latency"),
                weakened(A::<CloudwatchMetricAlarm>::metric_query())
                    .within("alarms/balancer/main/main/errors"),
            ]
        ))
        .verified_by(query!(
            monitoring::both_sides_have_alarms,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/tasks"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/function"),
            ]
        ))
        .verified_by(query!(
            monitoring::functions_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/function"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
                removed::<CloudwatchMetricAlarm>().within("alarms/runbook"),
                removed::<CloudwatchMetricAlarm>().within("dns-failback/alarm"),
                weakened(A::<CloudwatchMetricAlarm>::metric_query()).within("alarms/function"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions())
                    .within("alarms/rotation/payments/throttles"),
            ]
        ))
        .verified_by(query!(
            monitoring::databases_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/database"),
            ]
        ))
        .verified_by(query!(
            dns_traffic::dns_failback_rule_is_monitored,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("dns-failback/failed-invocations"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name())
                    .within("dns-failback/failed-invocations"),
            ]
        ))
        .same_as("001-REP-4"),
        Requirement::new("001-MON-4", "Logs are encrypted and kept for a year.").verified_by(shared::monitoring::logs_are_encrypted_and_retained()),
    ]
}
