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

impl MonitoredCluster<'_> {
    /// An alarm on five minutes of a metric.
    fn alarm<'s>(
        &self,
        subject: &'s str,
        (id, description): (&'static str, &'static str),
        metric: &'static str,
        statistic: Statistic,
        (comparison, threshold): (Comparison, f64),
    ) -> Alarm<'s> {
        Alarm {
            id,
            description,
            namespace: RDS.into(),
            metric,
            dimensions: vec![("DBClusterIdentifier", self.id.clone())],
            statistic,
            comparison,
            threshold,
            period_seconds: 60,
            periods: 5,
            treat_missing_data: TreatMissingData::Missing,
            subject,
        }
    }

    /// The alarms on the load of the instances with a role. An average over the cluster would hide a busy writer behind
    /// idle readers (Aurora user guide, "Creating CloudWatch alarms to monitor Amazon Aurora").
    fn load_alarms<'s>(&self, subject: &'s str, load: &RoleLoad) -> Vec<Alarm<'s>> {
        let limit = (Comparison::Above, BUSY_PERCENT);
        let mut alarms = vec![self.alarm(
            subject,
            load.cpu,
            "CPUUtilization",
            Statistic::Average,
            limit,
        )];
        // Of serverless instances, the memory grows with the capacity.
        if let Some(memory) = self.class.memory_gib() {
            let bytes = f64::from(memory) * GIBIBYTE * MIN_FREEABLE_MEMORY;
            let limit = (Comparison::Below, bytes);
            alarms.push(self.alarm(
                subject,
                load.memory,
                "FreeableMemory",
                Statistic::Minimum,
                limit,
            ));
        }
        for alarm in &mut alarms {
            alarm.dimensions.push(("Role", load.role.into()));
        }
        alarms
    }
}

/// The ids and descriptions of the alarms of a role.
#[derive(Debug)]
struct RoleLoad {
    /// The value of the dimension `Role`.
    role: &'static str,
    cpu: (&'static str, &'static str),
    memory: (&'static str, &'static str),
}

const WRITER: RoleLoad = RoleLoad {
    role: "WRITER",
    cpu: ("cpu", "CPU of the database writer above 80 %"),
    memory: (
        "memory",
        "Freeable memory of the database writer below 5 % of the memory of the instance class",
    ),
};

const READERS: RoleLoad = RoleLoad {
    role: "READER",
    cpu: ("reader-cpu", "CPU of the database readers above 80 %"),
    memory: (
        "reader-memory",
        "Freeable memory of a database reader below 5 % of the memory of the instance class",
    ),
};

/// Adds the alarms of a cluster in its primary region. Returns those on what payments depend on: payments do not read
/// from readers.
pub fn add_database_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    cluster: &MonitoredCluster<'_>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let mut guards = cluster.load_alarms(subject, &WRITER);
    if cluster.readers > 0 {
        guards.push(cluster.alarm(
            subject,
            ("replica-lag", "Aurora replica lag above 1 s"),
            "AuroraReplicaLagMaximum",
            Statistic::Average,
            (Comparison::Above, READER_LAG_MS),
        ));
        for alarm in cluster.load_alarms(subject, &READERS) {
            alarm.add(scope, context, actions);
        }
    }
    let guards = guards.into_iter();
    guards
        .map(|alarm| alarm.add(scope, context, actions))
        .collect()
}

/// Adds the alarms on the load of the secondary cluster of a global database, in its region. Payments of that region use it,
/// and after a switchover one of its instances is the writer.
pub fn add_secondary_load_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    cluster: &MonitoredCluster<'_>,
    actions: &AlarmActions,
) {
    if cluster.readers == 0 {
        return;
    }
    for load in [&READERS, &WRITER] {
        for alarm in cluster.load_alarms(subject, load) {
            alarm.add(scope, context, actions);
        }
    }
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
const BUSY_PERCENT: f64 = 80.0;
const GIBIBYTE: f64 = 1_073_741_824.0;
/// A share of the memory. Aurora uses three quarters for its buffers, whatever the load.
const MIN_FREEABLE_MEMORY: f64 = 0.05;
const READER_LAG_MS: f64 = 1_000.0;
