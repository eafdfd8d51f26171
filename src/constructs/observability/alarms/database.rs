//! Alarms of Aurora clusters.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of a cluster in its primary region.
pub fn add_database_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    cluster_id: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |id, description, metric, comparison, threshold| Alarm {
        id,
        description,
        namespace: RDS.into(),
        metric,
        dimensions: vec![("DBClusterIdentifier", cluster_id.clone())],
        statistic: Statistic::Average,
        comparison,
        threshold,
        period_seconds: 60,
        periods: 5,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    [
        alarm(
            "cpu",
            "Database CPU above 80 %",
            "CPUUtilization",
            Comparison::Above,
            80.0,
        ),
        alarm(
            "memory",
            "Freeable database memory below 1 GiB",
            "FreeableMemory",
            Comparison::Below,
            GIBIBYTE,
        ),
        alarm(
            "replica-lag",
            "Aurora replica lag above 1 s",
            "AuroraReplicaLagMaximum",
            Comparison::Above,
            READER_LAG_MS,
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

/// Adds the alarms of the secondary cluster of a global database, in its region. Aurora publishes the replication
/// lag there (Aurora user guide, "Monitoring an Aurora global database").
pub fn add_secondary_cluster_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    cluster_id: &Value<String>,
    limits: &Config,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    [
        (
            "global-lag-warning",
            "Aurora global replication lag above the warning limit (ms)",
            limits.global_lag_warning.get(),
        ),
        (
            "global-lag",
            "Aurora global replication lag above the limit (ms): a failover would lose payments",
            limits.global_lag.get(),
        ),
    ]
    .map(|(id, description, threshold)| {
        let alarm = Alarm {
            id,
            description,
            namespace: RDS.into(),
            metric: "AuroraGlobalDBReplicationLag",
            dimensions: vec![("DBClusterIdentifier", cluster_id.clone())],
            statistic: Statistic::Average,
            comparison: Comparison::Above,
            threshold: threshold.into(),
            period_seconds: 60,
            periods: 5,
            treat_missing_data: TreatMissingData::Missing,
            subject,
        };
        alarm.add(scope, context, actions)
    })
    .into()
}

const RDS: &str = "AWS/RDS";
const GIBIBYTE: f64 = 1_073_741_824.0;
const READER_LAG_MS: f64 = 1_000.0;
