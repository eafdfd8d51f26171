//! Panels of databases, tables, buckets and replications.

use crate::compose::composer::Composer;
use crate::compose::dashboards::metrics::Line;
use crate::compose::foundations::bucket_replicas::BucketReplicas;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::replications::Replications;
use crate::compose::foundations::tables::Tables;
use crate::constructs::core::SectionRef;
use crate::constructs::observability::dashboard::{Metric, Panel};

/// Replication latency, backlog and failures of each bucket with a replica.
pub(crate) fn bucket_replica_panels(
    composer: &Composer<'_>,
    replicas: &BucketReplicas,
) -> Vec<Panel> {
    let mut panels = Vec::new();
    for section in SectionRef::all(&composer.stack.bucket) {
        let replica = replicas.of(section).iter();
        for replication in replica.flat_map(|replica| &replica.replications) {
            let (source, destination) = (replication.source.region, replication.destination.region);
            let panel = |what: &str, region, (name, statistic, label): Line| {
                Panel::new(
                    format!("Bucket {} to {destination}: {what}", section.key()),
                    region,
                    vec![Metric {
                        namespace: "AWS/S3".into(),
                        name,
                        dimensions: replication.dimensions().into(),
                        statistic,
                        label: label.to_owned(),
                    }],
                )
            };
            panels.extend([
                panel("replication latency (s)", destination, LATENCY),
                panel("bytes to copy", destination, BYTES),
                panel("operations to copy", destination, PENDING_OPERATIONS),
                panel("not copied", source, FAILED),
            ]);
        }
    }
    panels
}

const LATENCY: Line = ("ReplicationLatency", "Maximum", "latency");

const BYTES: Line = ("BytesPendingReplication", "Maximum", "bytes");

const PENDING_OPERATIONS: Line = ("OperationsPendingReplication", "Maximum", "operations");

const FAILED: Line = ("OperationsFailedReplication", "Sum", "failed");

/// Load and latency of each table, in its own region.
pub(crate) fn table_panels(composer: &Composer<'_>, tables: &Tables) -> Vec<Panel> {
    let mut panels = Vec::new();
    for section in SectionRef::all(&composer.stack.table) {
        let table = tables.of(section);
        let load = TABLE_LOAD.iter().map(|&(name, label)| Metric {
            namespace: DYNAMODB.into(),
            name,
            dimensions: vec![("TableName", table.name())],
            statistic: "Sum",
            label: label.to_owned(),
        });
        let latency = TABLE_OPERATIONS.iter().map(|&operation| Metric {
            namespace: DYNAMODB.into(),
            name: "SuccessfulRequestLatency",
            dimensions: vec![("TableName", table.name()), ("Operation", operation.into())],
            statistic: "Average",
            label: operation.to_owned(),
        });
        panels.push(Panel::new(
            format!("Table {}: load", section.key()),
            table.region,
            load.collect(),
        ));
        panels.push(Panel::new(
            format!("Table {}: latency (ms)", section.key()),
            table.region,
            latency.collect(),
        ));
    }
    panels
}

const DYNAMODB: &str = "AWS/DynamoDB";

const TABLE_LOAD: [(&str, &str); 4] = [
    ("ConsumedReadCapacityUnits", "read units"),
    ("ConsumedWriteCapacityUnits", "write units"),
    ("ReadThrottleEvents", "reads throttled"),
    ("WriteThrottleEvents", "writes throttled"),
];

const TABLE_OPERATIONS: [&str; 5] = [
    "GetItem",
    "PutItem",
    "Query",
    "TransactWriteItems",
    "UpdateItem",
];

pub(crate) fn database_panels(composer: &Composer<'_>, databases: &Databases) -> Vec<Panel> {
    let mut panels = Vec::new();
    for section in SectionRef::all(&composer.stack.database) {
        let database = databases.of(section);
        let line = |name, label: &str| Metric {
            namespace: RDS.into(),
            name,
            dimensions: vec![("DBClusterIdentifier", database.cluster_id())],
            statistic: "Average",
            label: label.to_owned(),
        };
        // Readers are idle, and would halve an average over the cluster.
        let of_writer = |name, label: &str| {
            let mut line = line(name, label);
            line.dimensions.push(("Role", "WRITER".into()));
            line
        };
        panels.push(Panel::new(
            format!("Database {}: load of the writer", section.key()),
            database.region,
            vec![
                of_writer("CPUUtilization", "CPU (%)"),
                of_writer("DatabaseConnections", "connections"),
            ],
        ));
        panels.push(Panel::new(
            format!("Database {}: latency", section.key()),
            database.region,
            vec![
                of_writer("CommitLatency", "commit (ms)"),
                line("AuroraReplicaLagMaximum", "replica lag (ms)"),
            ],
        ));
    }
    panels
}

pub(crate) fn replication_lag_panels(
    composer: &Composer<'_>,
    replications: &Replications,
) -> Vec<Panel> {
    let mut panels = Vec::new();
    for section in SectionRef::all(&composer.stack.replication) {
        let Some(active) = &replications.of(section).active else {
            continue;
        };
        let metrics = active.tasks().flat_map(|task| {
            TASK_LAG.map(|(name, label)| Metric {
                namespace: "AWS/DMS".into(),
                name,
                dimensions: task.dimensions().into(),
                statistic: "Maximum",
                label: format!("{} {label}", task.kind.as_str()),
            })
        });
        panels.push(Panel::new(
            format!("Replication {}: CDC latency (s)", section.key()),
            composer.stack.network.resolve(&section.network).region,
            metrics.collect(),
        ));
    }
    panels
}

pub(crate) fn secondary_cluster_panels(
    composer: &Composer<'_>,
    databases: &Databases,
) -> Vec<Panel> {
    let entries = SectionRef::all(&composer.stack.database);
    let lag = entries.filter_map(|section| {
        let secondary = databases.of(section).secondary_cluster_id()?;
        let source_region = databases.of(section).region.as_str();
        let replica = section.aurora().secondary.as_ref()?;
        Some(Panel::new(
            format!("Database {}: second region", section.key()),
            composer.stack.network.resolve(&replica.network).region,
            vec![Metric {
                namespace: RDS.into(),
                name: "AuroraGlobalDBReplicationLag",
                dimensions: vec![
                    ("DBClusterIdentifier", secondary),
                    ("SourceRegion", source_region.into()),
                ],
                statistic: "Average",
                label: "replication lag (ms)".to_owned(),
            }],
        ))
    });
    lag.collect()
}

const RDS: &str = "AWS/RDS";

const TASK_LAG: [(&str, &str); 2] = [
    ("CDCLatencySource", "at the source"),
    ("CDCLatencyTarget", "at the target"),
];
