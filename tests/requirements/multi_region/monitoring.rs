use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogGroup, CloudwatchLogMetricFilter, CloudwatchMetricAlarm,
    KmsKey, SnsTopic, SnsTopicPolicy,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{bucket_replicas, internet_ingress, monitoring, programs, services};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-MON-1",
            "What matters is watched in both regions: services, requests, databases, names, functions.",
        )
        .verified_by(query!(
            services::services_are_watched,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/tasks"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/tasks"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/tasks"),
            ]
        ))
        .verified_by(query!(
            internet_ingress::entrances_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/primary/errors"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/secondary/target-errors"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/primary/latency"),
                weakened(A::<CloudwatchMetricAlarm>::threshold())
                    .within("alarms/balancer/main/secondary/latency"),
            ]
        ))
        .verified_by(query!(
            internet_ingress::targets_are_watched,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/primary/payments-blue"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/secondary/payments-green"),
            ]
        ))
        .verified_by(query!(
            internet_ingress::health_in_dns_is_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/dns"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/dns"),
            ]
        ))
        .verified_by(query!(
            monitoring::databases_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database/payments"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/database/payments"),
            ]
        ))
        .verified_by(query!(
            monitoring::functions_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/runbook"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
            ]
        )),
        Requirement::new(
            "002-MON-2",
            "People are told by SNS, through encrypted topics in each region.",
        )
        .verified_by(query!(
            monitoring::alarms_tell_their_region,
            [
                dropped(A::<CloudwatchMetricAlarm>::alarm_actions()),
                dropped(A::<CloudwatchMetricAlarm>::ok_actions()),
                redirected(
                    A::<CloudwatchMetricAlarm>::alarm_actions(),
                    "alerts/operations/use2/topic"
                )
                .within("alarms/database/payments"),
                removed::<SnsTopic>(),
            ]
        ))
        .verified_by(shared::monitoring::topics_reach_people())
        .verified_by(query!(
            monitoring::topics_are_sealed,
            [
                dropped(A::<SnsTopic>::kms_master_key_id()),
                removed::<KmsKey>().within("key/alerts"),
                removed::<SnsTopicPolicy>(),
                weakened_in(A::<SnsTopicPolicy>::policy(), "aws:SecureTransport"),
            ]
        )),
        Requirement::new(
            "002-MON-3",
            "The lag of the second region is watched from a tenth of a second on, and so are services and copies.",
        )
        .verified_by(shared::monitoring::regions_apart_are_noticed())
        .same_as("002-MON-1")
        .same_as("002-BKT-6")
        .same_as("002-DB-9"),
        Requirement::new(
            "002-MON-4",
            "Each step of the migration is counted, and dashboards show how far it is.",
        )
        .verified_by(query!(
            programs::steps_are_counted,
            [
                removed::<CloudwatchLogMetricFilter>(),
                weakened(A::<CloudwatchLogMetricFilter>::pattern()),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "value"
                ),
            ]
        ))
        .verified_by(shared::monitoring::dashboards_show_lag_between_regions())
        .verified_by(query!(
            monitoring::dashboards_show_replication_lag,
            MIGRATING,
            [weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics")]
        ))
        .verified_by(query!(
            bucket_replicas::dashboards_show_copies,
            [weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics")]
        ))
        .verified_by(query!(
            internet_ingress::dashboards_show_requests_of_both_regions,
            SERVING,
            [weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics")]
        )),
        Requirement::new("002-MON-5", "Logs are encrypted and kept for a year.").verified_by(query!(
            monitoring::logs_are_encrypted_and_kept,
            [
                dropped(A::<CloudwatchLogGroup>::kms_key_id()),
                weakened(A::<CloudwatchLogGroup>::retention_in_days()),
                removed::<KmsKey>().within("key/logs"),
            ]
        )),
    ]
}
