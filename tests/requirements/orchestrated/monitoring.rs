use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogGroup, CloudwatchLogMetricFilter, CloudwatchMetricAlarm,
    KmsKey, SnsTopic, SnsTopicPolicy, SnsTopicSubscription,
};
use paymig::tree::Argument as A;

use crate::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::queries::{monitoring, workflow};
use crate::row::{MIGRATING, Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-MON-1",
            "Dashboards show lag, error rates and how far the migration is.",
        )
        .holds(query!(
            monitoring::dashboards_show_lag_between_regions,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        ))
        .holds(query!(
            monitoring::dashboards_show_errors,
            SERVING,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        ))
        .holds(query!(
            monitoring::dashboards_show_databases,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "widgets"),
            ]
        ))
        .open("replication lag of DMS, traffic, API latency and progress are not drawn yet"),
        Row::new(
            "000-MON-2",
            "Events of the migration are counted from logs by metric filters.",
        )
        .holds(query!(
            workflow::events_are_counted,
            [
                removed::<CloudwatchLogMetricFilter>(),
                weakened(A::<CloudwatchLogMetricFilter>::pattern()),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "value"
                ),
            ]
        )),
        Row::new(
            "000-MON-3",
            "Alarms tell people, through encrypted topics in every region.",
        )
        .holds(query!(
            monitoring::alarms_tell_their_region,
            [
                dropped(A::<CloudwatchMetricAlarm>::alarm_actions()),
                dropped(A::<CloudwatchMetricAlarm>::ok_actions()),
                redirected(
                    A::<CloudwatchMetricAlarm>::alarm_actions(),
                    "alerts/operations/use2/topic"
                ),
                removed::<SnsTopic>(),
            ]
        ))
        .holds(query!(
            monitoring::topics_reach_people,
            [
                removed::<SnsTopicSubscription>(),
                weakened(A::<SnsTopicSubscription>::protocol()),
            ]
        ))
        .holds(query!(
            monitoring::topics_are_sealed,
            [
                dropped(A::<SnsTopic>::kms_master_key_id()),
                removed::<KmsKey>().within("key/alerts"),
                removed::<SnsTopicPolicy>(),
                weakened_in(A::<SnsTopicPolicy>::policy(), "aws:SecureTransport"),
                weakened_in(A::<SnsTopicPolicy>::policy(), "Service"),
            ]
        )),
        Row::new(
            "000-MON-4",
            "Every critical component is watched: databases, functions, the way between regions.",
        )
        .holds(query!(
            monitoring::databases_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database/payments/cpu"),
                removed::<CloudwatchMetricAlarm>().within("alarms/database/payments/memory"),
                removed::<CloudwatchMetricAlarm>().within("alarms/database/payments/replica-lag"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions())
                    .within("alarms/database/payments/cpu"),
            ]
        ))
        .holds(query!(
            monitoring::regions_apart_are_noticed,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/database-replica"),
                weakened(A::<CloudwatchMetricAlarm>::threshold()).within("alarms/database-replica"),
            ]
        ))
        .holds(query!(
            monitoring::functions_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/function"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
                removed::<CloudwatchMetricAlarm>().within("alarms/workflow/migration/cutover"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/function"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/rotation"),
            ]
        ))
        .holds(query!(
            monitoring::requests_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/production/errors"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/production/latency"),
                removed::<CloudwatchMetricAlarm>().within("alarms/api"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/api"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/api"),
            ]
        ))
        .holds(query!(
            monitoring::both_sides_are_watched,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/production/old"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/production/payments"),
            ]
        ))
        .open("nothing watches the functions of the API's authorizer"),
        Row::new("000-MON-5", "Logs are encrypted and kept for a year.").holds(query!(
            monitoring::logs_are_encrypted_and_kept,
            [
                dropped(A::<CloudwatchLogGroup>::kms_key_id()),
                dropped(A::<CloudwatchLogGroup>::retention_in_days()),
                weakened(A::<CloudwatchLogGroup>::retention_in_days()),
                removed::<KmsKey>().within("key/logs"),
            ]
        )),
        Row::new(
            "000-MON-6",
            "Replication that is more than five seconds behind raises an alarm.",
        )
        .see("000-REP-5"),
    ]
}
