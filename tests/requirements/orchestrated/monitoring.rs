use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogMetricFilter, CloudwatchMetricAlarm, SnsTopic,
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
            "Dashboards show lag, error rates and how far the migration is.",
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
            "Events of the migration are counted from logs by metric filters.",
        )
        .verified_by(query!(
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
        Requirement::new(
            "000-MON-3",
            "Alarms tell people, through encrypted topics in every region.",
        )
        .verified_by(query!(
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
        .verified_by(shared::monitoring::topics_reach_people())
        .verified_by(shared::monitoring::topics_are_sealed()),
        Requirement::new(
            "000-MON-4",
            "Every critical component is watched: databases, functions, the way between regions.",
        )
        .verified_by(shared::monitoring::databases_are_watched())
        .verified_by(shared::monitoring::regions_apart_are_noticed())
        .verified_by(query!(
            monitoring::functions_are_watched,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/function"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation"),
                removed::<CloudwatchMetricAlarm>().within("alarms/workflow/migration/cutover"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/function"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/rotation"),
            ]
        ))
        .verified_by(query!(
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
        .verified_by(query!(
            monitoring::both_sides_are_watched,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/production/old"),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/balancer/main/production/payments"),
            ]
        )),
        Requirement::new("000-MON-5", "Logs are encrypted and kept for a year.")
            .verified_by(shared::monitoring::logs_are_encrypted_and_kept()),
        Requirement::new(
            "000-MON-6",
            "Replication that is more than five seconds behind raises an alarm.",
        )
        .same_as("000-REP-5"),
    ]
}
