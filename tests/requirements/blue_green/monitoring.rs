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
        Requirement::new("004-MON-1", "A dashboard shows the latency of the API.")
            .verified_by(shared::monitoring::dashboards_show_latency())
            .verified_by(query!(
                latency::dashboards_show_latency_percentiles,
                [
                    removed::<CloudwatchDashboard>(),
                    weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "stat"),
                ]
            )),
        Requirement::new("004-MON-2", "A dashboard shows the error rates.").verified_by(shared::monitoring::dashboards_show_errors()),
        Requirement::new("004-MON-3", "A dashboard shows the performance of the database.").verified_by(shared::monitoring::dashboards_show_databases()),
        Requirement::new(
            "004-MON-4",
            "The same dashboard shows the distribution of requests.",
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
            "Alarms monitor the 99th percentile of the API's latency.",
        )
        .verified_by(query!(
            latency::latency_percentiles_have_alarms,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/api/payments/latency"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                weakened_in(A::<CloudwatchMetricAlarm>::metric_query(), "stat")
                    .within("alarms/api/payments/latency"),
                weakened(A::<CloudwatchMetricAlarm>::threshold())
                    .within("alarms/api/payments/latency"),
                weakened_in(A::<CloudwatchMetricAlarm>::metric_query(), "dimensions")
                    .within("alarms/api/payments/latency"),
            ]
        )),
        Requirement::new(
            "004-MON-6",
            "A topic with subscribers of its own notifies of failed transactions.",
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
                removed::<CloudwatchLogMetricFilter>().within("function"),
                weakened(A::<CloudwatchLogMetricFilter>::pattern()).within("function"),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "value"
                ).within("function"),
            ]
        ))
        .tested(
            "tests/terraform/pipeline.rs",
            "failed_transactions_and_function_errors_alert_their_categories",
        ),
        Requirement::new("004-MON-7", "Another topic notifies of system errors.")
            .verified_by(query!(
                monitoring::alarms_notify_the_topic_of_their_region,
                [
                    dropped(A::<CloudwatchMetricAlarm>::alarm_actions()),
                    dropped(A::<CloudwatchMetricAlarm>::ok_actions()),
                    removed::<SnsTopic>().within("alerts/systems"),
                ]
            ))
            .verified_by(shared::monitoring::topics_have_subscriptions())
            .verified_by(shared::monitoring::topics_are_encrypted_and_require_tls()),
        Requirement::new(
            "004-MON-8",
            "Every component has alarms: database, table, functions, load balancer, both versions and the API.",
        )
        .verified_by(shared::monitoring::databases_have_alarms())
        .verified_by(query!(
            transactions::tables_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/table"),
                weakened(A::<CloudwatchMetricAlarm>::metric_query()).within("alarms/table/"),
            ]
        ))
        .verified_by(query!(
            monitoring::functions_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/function"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
                weakened(A::<CloudwatchMetricAlarm>::metric_query()).within("alarms/function"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions())
                    .within("alarms/rotation/payments/throttles"),
            ]
        ))
        .verified_by(query!(
            monitoring::requests_have_alarms,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/errors"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/outage"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                removed::<CloudwatchMetricAlarm>().within("alarms/api"),
                weakened(A::<CloudwatchMetricAlarm>::metric_query()).within("alarms/api"),
            ]
        ))
        .verified_by(query!(
            monitoring::both_sides_have_alarms,
            SERVING,
            [removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/payments-")]
        )),
        Requirement::new("004-MON-9", "Logs are encrypted and kept for a year.")
            .verified_by(shared::monitoring::logs_are_encrypted_and_retained())
            .deviates("docs/deviations.md#retention","the requirement is at least 90 days; PCI DSS 10.5.1 requires twelve months"),
    ]
}
