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
            "A dashboard shows how far the migration is, step by step.",
        )
        .verified_by(query!(
            runbook::dashboards_show_the_steps,
            MIGRATING,
            [
                removed::<CloudwatchDashboard>(),
                removed::<CloudwatchLogMetricFilter>().at_once(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        )),
        Requirement::new("003-MON-2", "It shows how far replication is behind.")
            .verified_by(shared::monitoring::dashboards_show_replication_lag()),
        Requirement::new(
            "003-MON-3",
            "It shows how well the service is on each side, and how requests are shared out.",
        )
        .verified_by(query!(
            runbook::dashboards_show_health_and_shares,
            MIGRATING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
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
            "Health checks of both environments run by themselves.",
        )
        .same_as("003-TRA-4")
        .same_as("003-APP-4"),
        Requirement::new(
            "003-MON-5",
            "The lag and the state of the replication are monitored.",
        )
        .same_as("003-REP-3"),
        Requirement::new("003-MON-6", "Alarms tell people, through encrypted topics.")
            .verified_by(query!(
                monitoring::alarms_tell_their_region,
                [
                    dropped(A::<CloudwatchMetricAlarm>::alarm_actions()),
                    dropped(A::<CloudwatchMetricAlarm>::ok_actions()),
                    removed::<SnsTopic>(),
                ]
            ))
            .verified_by(shared::monitoring::topics_reach_people())
            .verified_by(shared::monitoring::topics_are_sealed()),
        Requirement::new(
            "003-MON-7",
            "Every part is watched: database, instances, load balancer, targets, functions.",
        )
        .verified_by(query!(
            monitoring::databases_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/database"),
            ]
        ))
        .verified_by(query!(
            instances::groups_are_watched,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/service"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/service"),
                removed::<CloudwatchEventRule>().within("alarms/service"),
                removed::<CloudwatchEventTarget>().within("alarms/service"),
            ]
        ))
        .verified_by(query!(
            latency::slow_balancers_are_noticed,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                weakened(A::<CloudwatchMetricAlarm>::extended_statistic())
                    .within("alarms/balancer"),
            ]
        ))
        .verified_by(query!(
            monitoring::both_sides_are_watched,
            SERVING,
            [removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/payments-new")]
        ))
        .verified_by(query!(
            monitoring::functions_are_watched,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/runbook"),
                removed::<CloudwatchMetricAlarm>().within("dns-failback/alarm"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/runbook"),
            ]
        )),
        Requirement::new("003-MON-8", "Logs are encrypted and kept for a year.")
            .verified_by(shared::monitoring::logs_are_encrypted_and_kept()),
    ]
}
