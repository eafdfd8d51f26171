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
            "Services, requests, databases, DNS names and functions have alarms in both regions.",
        )
        .verified_by(query!(
            services::services_have_alarms,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/tasks"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/tasks"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/tasks"),
            ]
        ))
        .verified_by(query!(
            internet_ingress::regional_load_balancers_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/primary/errors"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/secondary/outage"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/primary/latency"),
                weakened(A::<CloudwatchMetricAlarm>::threshold())
                    .within("alarms/balancer/main/secondary/latency"),
            ]
        ))
        .verified_by(query!(
            internet_ingress::target_groups_have_alarms,
            SERVING,
            [
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/primary/payments-blue"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/secondary/payments-green"),
            ]
        ))
        .verified_by(query!(
            internet_ingress::dns_health_checks_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/dns"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/dns"),
            ]
        ))
        .verified_by(query!(
            monitoring::databases_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database/payments"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/database/payments"),
            ]
        ))
        .verified_by(shared::monitoring::secondary_clusters_have_load_alarms())
        .verified_by(query!(
            monitoring::functions_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/runbook"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
            ]
        )),
        Requirement::new(
            "002-MON-2",
            "SNS notifies operators, through encrypted topics in each region.",
        )
        .verified_by(query!(
            monitoring::alarms_notify_the_topic_of_their_region,
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
        .verified_by(shared::monitoring::topics_have_subscriptions())
        .verified_by(query!(
            monitoring::topics_are_encrypted_and_require_tls,
            [
                dropped(A::<SnsTopic>::kms_master_key_id()),
                removed::<KmsKey>().within("key/alerts"),
                removed::<SnsTopicPolicy>(),
                weakened_in(A::<SnsTopicPolicy>::policy(), "aws:SecureTransport"),
            ]
        )),
        Requirement::new(
            "002-MON-3",
            "A lag of the secondary region above 100 ms causes an alarm. Services and bucket replication have alarms too.",
        )
        .verified_by(shared::monitoring::secondary_lag_has_an_alarm())
        .same_as("002-MON-1")
        .same_as("002-BKT-6")
        .same_as("002-DB-9"),
        Requirement::new(
            "002-MON-4",
            "Metrics count each step of the migration, and dashboards show its progress.",
        )
        .verified_by(query!(
            programs::migration_steps_are_counted,
            MIGRATING,
            [
                removed::<CloudwatchLogMetricFilter>().within("runbook"),
                weakened(A::<CloudwatchLogMetricFilter>::pattern()).within("runbook"),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "value"
                ).within("runbook"),
            ]
        ))
        .verified_by(shared::monitoring::dashboards_show_lag_between_regions())
        .verified_by(query!(
            monitoring::dashboards_show_replication_lag,
            MIGRATING,
            [weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics")]
        ))
        .verified_by(query!(
            bucket_replicas::dashboards_show_bucket_replication,
            [weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics")]
        ))
        .verified_by(query!(
            internet_ingress::dashboards_show_requests_by_region,
            SERVING,
            [weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics")]
        )),
        Requirement::new("002-MON-5", "Logs are encrypted and kept for a year.").verified_by(query!(
            monitoring::logs_are_encrypted_and_retained,
            [
                dropped(A::<CloudwatchLogGroup>::kms_key_id()),
                weakened(A::<CloudwatchLogGroup>::retention_in_days()),
                removed::<KmsKey>().within("key/logs"),
            ]
        )),
    ]
}
