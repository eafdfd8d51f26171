use paymig::aws::{
    CloudwatchDashboard, CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogMetricFilter,
    CloudwatchMetricAlarm, SnsTopic,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{instances, latency, monitoring, runbook};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-MON-1",
            "A dashboard shows the progress of the migration, step by step.",
        )
        .verified_by(query!(
            runbook::dashboards_show_each_migration_step,
            MIGRATING,
            [
                removed::<CloudwatchDashboard>(),
                removed::<CloudwatchLogMetricFilter>().at_once(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        )),
        Requirement::new("003-MON-2", "It shows the replication lag.")
            .verified_by(shared::monitoring::dashboards_show_replication_lag()),
        Requirement::new(
            "003-MON-3",
            "It shows the health of each side, and the distribution of requests.",
        )
        .verified_by(query!(
            runbook::dashboards_show_health_and_weights,
            MIGRATING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        ))
        .verified_by(query!(
            runbook::dashboards_show_the_weight_of_each_side,
            MIGRATING,
            [weakened_in(
                A::<CloudwatchDashboard>::dashboard_body(),
                "metrics"
            )]
        ))
        .verified_by(query!(
            monitoring::dashboards_show_traffic,
            SERVING,
            [weakened_in(
                A::<CloudwatchDashboard>::dashboard_body(),
                "metrics"
            )]
        ))
        .verified_by(shared::monitoring::dashboards_show_databases()),
        Requirement::new(
            "003-MON-4",
            "Health checks of both environments run automatically.",
        )
        .same_as("003-TRA-4")
        .same_as("003-APP-4"),
        Requirement::new(
            "003-MON-5",
            "The lag and the state of the replication are monitored.",
        )
        .same_as("003-REP-3"),
        Requirement::new(
            "003-MON-6",
            "Alarms notify operators through encrypted topics.",
        )
        .verified_by(query!(
            monitoring::alarms_notify_the_topic_of_their_region,
            [
                dropped(A::<CloudwatchMetricAlarm>::alarm_actions()),
                dropped(A::<CloudwatchMetricAlarm>::ok_actions()),
                removed::<SnsTopic>(),
            ]
        ))
        .verified_by(shared::monitoring::topics_have_subscriptions())
        .verified_by(shared::monitoring::topics_are_encrypted_and_require_tls()),
        Requirement::new(
            "003-MON-7",
            "Every component has alarms: database, instances, load balancer, targets, functions.",
        )
        .verified_by(query!(
            monitoring::databases_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/database"),
            ]
        ))
        .verified_by(query!(
            instances::groups_have_alarms,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/service"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/service"),
                removed::<CloudwatchEventRule>().within("alarms/service"),
                removed::<CloudwatchEventTarget>().within("alarms/service"),
            ]
        ))
        .verified_by(query!(
            latency::load_balancer_latency_has_an_alarm,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                weakened_in(A::<CloudwatchMetricAlarm>::metric_query(), "stat")
                    .within("alarms/balancer/main/main/latency"),
            ]
        ))
        .verified_by(query!(
            monitoring::both_sides_have_alarms,
            SERVING,
            [removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/payments-new")]
        ))
        .verified_by(query!(
            monitoring::functions_have_alarms,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/runbook"),
                removed::<CloudwatchMetricAlarm>().within("dns-failback/alarm"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/runbook"),
            ]
        )),
        Requirement::new("003-MON-8", "Logs are encrypted and kept for a year.")
            .verified_by(shared::monitoring::logs_are_encrypted_and_retained()),
    ]
}
