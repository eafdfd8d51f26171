//! Shared evidence about alarms, topics and dashboards.

use paymig::aws::{
    Cloudtrail, CloudwatchDashboard, CloudwatchLogGroup, CloudwatchMetricAlarm, KmsKey, SnsTopic,
    SnsTopicPolicy, SnsTopicSubscription,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, replaced_in, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Query, SERVING, query};
use crate::queries::monitoring;

pub(crate) fn api_calls_are_audited() -> Query {
    query!(
        monitoring::api_calls_are_audited,
        [
            removed::<Cloudtrail>(),
            weakened(A::<Cloudtrail>::is_multi_region_trail()),
            weakened(A::<Cloudtrail>::include_global_service_events()),
            weakened(A::<Cloudtrail>::enable_log_file_validation()),
            dropped(A::<Cloudtrail>::kms_key_id()),
            weakened(A::<Cloudtrail>::s3_bucket_name()),
            dropped(A::<Cloudtrail>::cloud_watch_logs_group_arn()),
            weakened_in(A::<Cloudtrail>::event_selector(), "values"),
            removed::<CloudwatchLogGroup>().within("audit"),
        ]
    )
}

pub(crate) fn dashboards_show_databases() -> Query {
    query!(
        monitoring::dashboards_show_databases,
        [
            removed::<CloudwatchDashboard>(),
            weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "widgets"),
            weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
            replaced_in(
                A::<CloudwatchDashboard>::dashboard_body(),
                "region",
                "eu-west-1"
            ),
        ]
    )
}

pub(crate) fn dashboards_show_errors() -> Query {
    query!(
        monitoring::dashboards_show_errors,
        SERVING,
        [
            removed::<CloudwatchDashboard>(),
            weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
        ]
    )
}

pub(crate) fn dashboards_show_lag_between_regions() -> Query {
    query!(
        monitoring::dashboards_show_lag_between_regions,
        [
            removed::<CloudwatchDashboard>(),
            weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
        ]
    )
}

pub(crate) fn dashboards_show_latency() -> Query {
    query!(
        monitoring::dashboards_show_latency,
        [
            removed::<CloudwatchDashboard>(),
            weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
        ]
    )
}

pub(crate) fn dashboards_show_replication_lag() -> Query {
    query!(
        monitoring::dashboards_show_replication_lag,
        MIGRATING,
        [
            removed::<CloudwatchDashboard>(),
            weakened_in(A::<CloudwatchDashboard>::dashboard_body(), "metrics"),
        ]
    )
}

pub(crate) fn databases_have_alarms() -> Query {
    query!(
        monitoring::databases_have_alarms,
        [
            removed::<CloudwatchMetricAlarm>().within("alarms/database/payments/cpu"),
            removed::<CloudwatchMetricAlarm>().within("alarms/database/payments/memory"),
            removed::<CloudwatchMetricAlarm>().within("alarms/database/payments/replica-lag"),
            weakened(A::<CloudwatchMetricAlarm>::dimensions())
                .within("alarms/database/payments/cpu"),
        ]
    )
}

pub(crate) fn logs_are_encrypted_and_retained() -> Query {
    query!(
        monitoring::logs_are_encrypted_and_retained,
        [
            dropped(A::<CloudwatchLogGroup>::kms_key_id()),
            dropped(A::<CloudwatchLogGroup>::retention_in_days()),
            weakened(A::<CloudwatchLogGroup>::retention_in_days()),
            removed::<KmsKey>().within("key/logs"),
        ]
    )
}

pub(crate) fn secondary_clusters_have_load_alarms() -> Query {
    query!(
        monitoring::secondary_clusters_have_load_alarms,
        SERVING,
        [
            removed::<CloudwatchMetricAlarm>().within("alarms/database-secondary/payments/cpu"),
            removed::<CloudwatchMetricAlarm>()
                .within("alarms/database-secondary/payments/reader-memory"),
        ]
    )
}

pub(crate) fn secondary_lag_has_an_alarm() -> Query {
    query!(
        monitoring::secondary_lag_has_an_alarm,
        [
            removed::<CloudwatchMetricAlarm>()
                .within("alarms/database-secondary/payments/global-lag"),
            weakened(A::<CloudwatchMetricAlarm>::threshold())
                .within("alarms/database-secondary/payments/global-lag"),
        ]
    )
}

pub(crate) fn topics_are_encrypted_and_require_tls() -> Query {
    query!(
        monitoring::topics_are_encrypted_and_require_tls,
        [
            dropped(A::<SnsTopic>::kms_master_key_id()),
            removed::<KmsKey>().within("key/alerts"),
            removed::<SnsTopicPolicy>(),
            weakened_in(A::<SnsTopicPolicy>::policy(), "aws:SecureTransport"),
            weakened_in(A::<SnsTopicPolicy>::policy(), "Service"),
        ]
    )
}

pub(crate) fn topics_have_subscriptions() -> Query {
    query!(
        monitoring::topics_have_subscriptions,
        [
            removed::<SnsTopicSubscription>(),
            weakened(A::<SnsTopicSubscription>::protocol()),
        ]
    )
}
