use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogMetricFilter, CloudwatchMetricAlarm, SnsTopic,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{latency, monitoring, transactions};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new("004-MON-1", "A dashboard shows how long the API takes to answer.")
            .verified_by(shared::monitoring::dashboards_show_latency())
            .verified_by(query!(
                latency::dashboards_show_the_slowest_requests,
                [
                    removed::<CloudwatchDashboard>(),
                    weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "stat"),
                ]
            )),
        Requirement::new("004-MON-2", "A dashboard shows the rates of errors.").verified_by(shared::monitoring::dashboards_show_errors()),
        Requirement::new("004-MON-3", "A dashboard shows how the database does.").verified_by(shared::monitoring::dashboards_show_databases()),
        Requirement::new(
            "004-MON-4",
            "The same dashboard shows how requests are shared out.",
        )
        .verified_by(query!(
            monitoring::dashboards_show_traffic,
            SERVING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        )),
        Requirement::new(
            "004-MON-5",
            "Alarms look at the 99th percentile of the API's latency.",
        )
        .verified_by(query!(
            latency::the_slowest_requests_are_noticed,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/api/payments/latency"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                weakened(A::<CloudwatchMetricAlarm>::extended_statistic())
                    .within("alarms/api/payments/latency"),
                weakened(A::<CloudwatchMetricAlarm>::threshold())
                    .within("alarms/api/payments/latency"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions())
                    .within("alarms/api/payments/latency"),
            ]
        )),
        Requirement::new(
            "004-MON-6",
            "A topic tells of failed transactions, to people of its own.",
        )
        .verified_by(query!(
            transactions::failed_transactions_have_a_topic_of_their_own,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/transactions"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/transactions"),
                redirected(
                    A::<CloudwatchMetricAlarm>::alarm_actions(),
                    "alerts/systems/use1/topic"
                )
                .within("alarms/transactions"),
                removed::<SnsTopic>().within("alerts/transactions"),
                removed::<CloudwatchLogMetricFilter>().at_once(),
            ]
        ))
        .verified_by(query!(
            transactions::outcomes_are_counted,
            SERVING,
            [
                removed::<CloudwatchLogMetricFilter>(),
                weakened(A::<CloudwatchLogMetricFilter>::pattern()),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "value"
                ),
            ]
        ))
        .tested(
            "tests/terraform/pipeline.rs",
            "failed_transactions_and_function_errors_alert_their_categories",
        ),
        Requirement::new("004-MON-7", "Another topic tells of errors of the system.")
            .verified_by(query!(
                monitoring::alarms_tell_their_region,
                [
                    dropped(A::<CloudwatchMetricAlarm>::alarm_actions()),
                    dropped(A::<CloudwatchMetricAlarm>::ok_actions()),
                    removed::<SnsTopic>().within("alerts/systems"),
                ]
            ))
            .verified_by(shared::monitoring::topics_reach_people())
            .verified_by(shared::monitoring::topics_are_sealed()),
        Requirement::new(
            "004-MON-8",
            "Every part is watched: database, table, functions, load balancer, both colors and the API.",
        )
        .verified_by(shared::monitoring::databases_are_watched())
        .verified_by(query!(
            transactions::tables_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/table"),
                weakened(A::<CloudwatchMetricAlarm>::metric_query()).within("alarms/table/"),
            ]
        ))
        .verified_by(query!(
            monitoring::functions_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/function"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/function"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/rotation"),
            ]
        ))
        .verified_by(query!(
            monitoring::requests_are_watched,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/errors"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/target-errors"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                removed::<CloudwatchMetricAlarm>().within("alarms/api"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/api"),
            ]
        ))
        .verified_by(query!(
            monitoring::both_sides_are_watched,
            SERVING,
            [removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/payments-")]
        )),
        Requirement::new("004-MON-9", "Logs are encrypted and kept for a year.")
            .verified_by(shared::monitoring::logs_are_encrypted_and_kept())
            .deviates("ninety days were asked for as the least; PCI DSS 10.5.1 wants twelve months"),
    ]
}
