//! Alarms of a database.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::config::Alarms as Config;
use crate::constructs::core::Context;
use crate::constructs::data::database::Database;
use crate::terraform::tree::{Scope, Value};

/// The alarms of `database` in its primary region.
pub fn database(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    database: &Database,
    told: &Told,
) -> Vec<Raised> {
    let cluster = || vec![("DBClusterIdentifier", database.cluster_id())];
    let alarm = |id, description, metric, when, threshold| Alarm {
        id,
        description,
        namespace: RDS.into(),
        metric,
        dimensions: cluster(),
        statistic: Statistic::Average,
        when,
        threshold,
        period: 60,
        periods: 5,
        missing: Missing::Unknown,
        subject,
    };
    [
        alarm(
            "cpu",
            "The database computes at its limit",
            "CPUUtilization",
            Comparison::Above,
            80.0,
        ),
        alarm(
            "memory",
            "The database is short of memory: under 1 GiB is free",
            "FreeableMemory",
            Comparison::Below,
            GIBIBYTE,
        ),
        alarm(
            "replica-lag",
            "Readers of the same region are seconds behind (ms)",
            "AuroraReplicaLagMaximum",
            Comparison::Above,
            READER_LAG_MS,
        ),
    ]
    .map(|alarm| alarm.add(scope, context, told))
    .into()
}

/// The alarms of the second region of a global database: AWS publishes its lag there (Aurora user
/// guide, "Monitoring an Aurora global database").
pub fn secondary(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    secondary: &Value<String>,
    limits: &Config,
    told: &Told,
) -> Vec<Raised> {
    [
        (
            "global-lag-warning",
            "The second region is behind more than it should be (ms)",
            limits.global_lag_warning.get(),
        ),
        (
            "global-lag",
            "The second region is far behind: a failover would lose payments (ms)",
            limits.global_lag.get(),
        ),
    ]
    .map(|(id, description, threshold)| {
        let alarm = Alarm {
            id,
            description,
            namespace: RDS.into(),
            metric: "AuroraGlobalDBReplicationLag",
            dimensions: vec![("DBClusterIdentifier", secondary.clone())],
            statistic: Statistic::Average,
            when: Comparison::Above,
            threshold: threshold.into(),
            period: 60,
            periods: 5,
            missing: Missing::Unknown,
            subject,
        };
        alarm.add(scope, context, told)
    })
    .into()
}

const RDS: &str = "AWS/RDS";
const GIBIBYTE: f64 = 1_073_741_824.0;
const READER_LAG_MS: f64 = 1_000.0;
