use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogMetricFilter, CloudwatchMetricAlarm, IamRolePolicy,
    LambdaFunction, SnsTopic,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::{monitoring, workflow};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-MON-1",
            "Dashboards show lag, error rates and the progress of the migration.",
        )
        .verified_by(shared::monitoring::dashboards_show_lag_between_regions())
        .verified_by(shared::monitoring::dashboards_show_errors())
        .verified_by(shared::monitoring::dashboards_show_databases())
        .verified_by(shared::monitoring::dashboards_show_replication_lag())
        .verified_by(query!(
            monitoring::dashboards_show_progress,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        ))
        .verified_by(query!(
            monitoring::dashboards_show_traffic,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        ))
        .verified_by(shared::monitoring::dashboards_show_latency()),
        Requirement::new(
            "000-MON-2",
            "Metric filters count the migration's log events.",
        )
        .verified_by(query!(
            workflow::events_are_counted,
            MIGRATING,
            [
                removed::<CloudwatchLogMetricFilter>().within("workflow"),
                weakened(A::<CloudwatchLogMetricFilter>::pattern()).within("workflow"),
                weakened_in(
                    A::<CloudwatchLogMetricFilter>::metric_transformation(),
                    "value"
                )
                .within("workflow"),
            ]
        )),
        Requirement::new(
            "000-MON-3",
            "Alarms notify operators through encrypted SNS topics in every region.",
        )
        .verified_by(query!(
            monitoring::alarms_notify_the_topic_of_their_region,
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
        .verified_by(shared::monitoring::topics_have_subscriptions())
        .verified_by(shared::monitoring::topics_are_encrypted_and_require_tls()),
        Requirement::new(
            "000-MON-4",
            "Every critical component has alarms: databases, functions, replication between the regions.",
        )
        .verified_by(shared::monitoring::databases_have_alarms())
        .verified_by(shared::monitoring::secondary_lag_has_an_alarm())
        .verified_by(shared::monitoring::secondary_clusters_have_load_alarms())
        .verified_by(query!(
            monitoring::functions_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/function"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
                removed::<CloudwatchMetricAlarm>().within("alarms/workflow/migration/cutover"),
                weakened(A::<CloudwatchMetricAlarm>::metric_query()).within("alarms/function"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions())
                    .within("alarms/rotation/payments/throttles"),
            ]
        ))
        .verified_by(query!(
            monitoring::requests_have_alarms,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/production/errors"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/production/outage"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/production/payments-new/errors"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/production/payments-new/latency"),
                removed::<CloudwatchMetricAlarm>().within("alarms/api"),
                weakened_in(A::<CloudwatchMetricAlarm>::metric_query(), "dimensions").within("alarms/api"),
                weakened(A::<CloudwatchMetricAlarm>::metric_query()).within("alarms/api"),
            ]
        ))
        .verified_by(query!(
            monitoring::both_sides_have_alarms,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/production/old"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/production/payments-new/unhealthy"),
            ]
        )),
        Requirement::new("000-MON-5", "Logs are encrypted and kept for a year.")
            .verified_by(shared::monitoring::logs_are_encrypted_and_retained()),
        Requirement::new(
            "000-MON-7",
            "SNS notifies operators of the status of the migration: an approval that it needs, its soak, its rollback and its failure.",
        )
        .verified_by(query!(
            workflow::migration_notifies_operators,
            MIGRATING,
            [
                weakened_in(A::<LambdaFunction>::environment(), "ALERT_TOPIC_ARN").within("workflow/migration"),
                weakened_in(A::<IamRolePolicy>::policy(), "Statement").within("workflow/migration/cutover"),
                weakened_in(A::<IamRolePolicy>::policy(), "Statement").within("workflow/migration/approval"),
                removed::<LambdaFunction>().within("workflow/migration/cutover"),
                removed::<LambdaFunction>().within("workflow/migration/approval"),
            ]
        ))
        .tested("tests/lambda/approval/test_approval.py", "test_request_message_contains_the_command_and_not_the_token")
        .tested("tests/lambda/approval/test_approval.py", "test_repeated_request_publishes_one_message")
        .tested("tests/lambda/cutover/test_cutover_rollback.py", "test_record_rollback_writes_a_record_and_notifies")
        .same_as("000-ORC-6"),
        Requirement::new(
            "000-MON-6",
            "Replication lag above five seconds causes an alarm.",
        )
        .same_as("000-REP-5"),
    ]
}
