use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogMetricFilter, CloudwatchMetricAlarm, SnsTopic,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::queries::{monitoring, workflow};
use crate::row::{MIGRATING, Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-MON-1",
            "Dashboards show lag, error rates and how far the migration is.",
        )
        .holds(asked::monitoring::dashboards_show_lag_between_regions())
        .holds(asked::monitoring::dashboards_show_errors())
        .holds(asked::monitoring::dashboards_show_databases())
        .holds(asked::monitoring::dashboards_show_replication_lag())
        .holds(query!(
            monitoring::dashboards_show_progress,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        ))
        .holds(query!(
            monitoring::dashboards_show_traffic,
            [
                removed::<CloudwatchDashboard>(),
                weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            ]
        ))
        .holds(asked::monitoring::dashboards_show_latency()),
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
        .holds(asked::monitoring::topics_reach_people())
        .holds(asked::monitoring::topics_are_sealed()),
        Row::new(
            "000-MON-4",
            "Every critical component is watched: databases, functions, the way between regions.",
        )
        .holds(asked::monitoring::databases_are_watched())
        .holds(asked::monitoring::regions_apart_are_noticed())
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
        )),
        Row::new("000-MON-5", "Logs are encrypted and kept for a year.")
            .holds(asked::monitoring::logs_are_encrypted_and_kept()),
        Row::new(
            "000-MON-6",
            "Replication that is more than five seconds behind raises an alarm.",
        )
        .see("000-REP-5"),
    ]
}
