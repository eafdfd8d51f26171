use paymig::aws::{
    CloudwatchDashboard, CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogMetricFilter,
    CloudwatchMetricAlarm, SnsTopic,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, removed, weakened, weakened_in};
use crate::queries::{instances, latency, monitoring, runbook};
use crate::row::{MIGRATING, Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "003-MON-1",
            "A dashboard shows how far the migration is, step by step.",
        )
        .holds(query!(
            runbook::dashboards_show_the_steps,
            MIGRATING,
            [
                removed::<CloudwatchDashboard>(),
                removed::<CloudwatchLogMetricFilter>().at_once(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        )),
        Row::new("003-MON-2", "It shows how far replication is behind.")
            .holds(asked::monitoring::dashboards_show_replication_lag()),
        Row::new(
            "003-MON-3",
            "It shows how well the service is on each side, and how requests are shared out.",
        )
        .holds(query!(
            runbook::dashboards_show_health_and_shares,
            MIGRATING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        ))
        .holds(query!(
            monitoring::dashboards_show_traffic,
            SERVING,
            [weakened_in(
                A::<CloudwatchDashboard>::dashboard_body(),
                "metrics"
            )]
        ))
        .holds(asked::monitoring::dashboards_show_databases()),
        Row::new(
            "003-MON-4",
            "Health checks of both environments run by themselves.",
        )
        .see("003-TRA-4")
        .see("003-APP-4"),
        Row::new(
            "003-MON-5",
            "The lag and the state of the replication are monitored.",
        )
        .see("003-REP-3"),
        Row::new("003-MON-6", "Alarms tell people, through encrypted topics.")
            .holds(query!(
                monitoring::alarms_tell_their_region,
                [
                    dropped(A::<CloudwatchMetricAlarm>::alarm_actions()),
                    dropped(A::<CloudwatchMetricAlarm>::ok_actions()),
                    removed::<SnsTopic>(),
                ]
            ))
            .holds(asked::monitoring::topics_reach_people())
            .holds(asked::monitoring::topics_are_sealed()),
        Row::new(
            "003-MON-7",
            "Every part is watched: database, instances, load balancer, targets, functions.",
        )
        .holds(query!(
            monitoring::databases_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/database"),
            ]
        ))
        .holds(query!(
            instances::groups_are_watched,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/service"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/service"),
                removed::<CloudwatchEventRule>().within("alarms/service"),
                removed::<CloudwatchEventTarget>().within("alarms/service"),
            ]
        ))
        .holds(query!(
            latency::slow_balancers_are_noticed,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                weakened(A::<CloudwatchMetricAlarm>::extended_statistic())
                    .within("alarms/balancer"),
            ]
        ))
        .holds(query!(
            monitoring::both_sides_are_watched,
            SERVING,
            [removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/payments-new")]
        ))
        .holds(query!(
            monitoring::functions_are_watched,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/runbook"),
                removed::<CloudwatchMetricAlarm>().within("dns-failback/alarm"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/runbook"),
            ]
        )),
        Row::new("003-MON-8", "Logs are encrypted and kept for a year.")
            .holds(asked::monitoring::logs_are_encrypted_and_kept()),
    ]
}
