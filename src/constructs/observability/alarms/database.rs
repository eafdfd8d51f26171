//! Alarms of Aurora clusters.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::newtypes::{DatabaseClass, Region};
use crate::terraform::tree::{Scope, Value};

/// A cluster, and what the limits of its alarms depend on.
#[derive(Debug)]
pub struct MonitoredCluster<'a> {
    /// Its identifier.
    pub id: Value<String>,
    /// The class of its instances.
    pub class: &'a DatabaseClass,
    /// The number of its readers. Without one, Aurora publishes no replica lag.
    pub readers: u8,
}

/// Adds the alarms of a cluster in its primary region.
pub fn add_database_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    cluster: &MonitoredCluster<'_>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |id, description, metric, comparison, threshold| Alarm {
        id,
        description,
        namespace: RDS.into(),
        metric,
        dimensions: vec![("DBClusterIdentifier", cluster.id.clone())],
        statistic: Statistic::Average,
        comparison,
        threshold,
        period_seconds: 60,
        periods: 5,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    let mut alarms = vec![alarm(
        "cpu",
        "Database CPU above 80 %",
        "CPUUtilization",
        Comparison::Above,
        80.0,
    )];
    // Of serverless instances, the memory grows with the capacity.
    if let Some(memory) = cluster.class.memory_gib() {
        alarms.push(Alarm {
            statistic: Statistic::Minimum,
            ..alarm(
                "memory",
                "Freeable database memory below 5 % of the memory of the instance class",
                "FreeableMemory",
                Comparison::Below,
                f64::from(memory) * GIBIBYTE * MIN_FREEABLE_MEMORY,
            )
        });
    }
    if cluster.readers > 0 {
        alarms.push(alarm(
            "replica-lag",
            "Aurora replica lag above 1 s",
            "AuroraReplicaLagMaximum",
            Comparison::Above,
            READER_LAG_MS,
        ));
    }
    let alarms = alarms.into_iter();
    alarms
        .map(|alarm| alarm.add(scope, context, actions))
        .collect()
}

/// Adds the alarms of the secondary cluster of a global database, in its region. Aurora publishes the replication
/// lag there, with the region of the primary cluster (Aurora user guide, "Monitoring an Aurora global database").
pub fn add_secondary_cluster_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    cluster_id: &Value<String>,
    source_region: Region,
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
            dimensions: vec![
                ("DBClusterIdentifier", cluster_id.clone()),
                ("SourceRegion", source_region.as_str().into()),
            ],
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
/// A share of the memory. Aurora uses three quarters for its buffers, whatever the load.
const MIN_FREEABLE_MEMORY: f64 = 0.05;
const READER_LAG_MS: f64 = 1_000.0;
