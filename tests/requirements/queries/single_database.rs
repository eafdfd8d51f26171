//! Databases of systems in one region.

use paymig::aws;
use paymig::terraform::tree::{Read, View};

use super::database::parameter;
use crate::framework::case::{Case, Item, Known, Text, Verdict};

/// One cluster, without a secondary region.
pub(crate) fn one_aurora_postgresql(case: Case<'_>) -> Verdict {
    one(case, "aurora-postgresql")
}

/// One cluster, without a secondary region.
pub(crate) fn one_aurora_mysql(case: Case<'_>) -> Verdict {
    one(case, "aurora-mysql")
}

/// A writer and two readers as failover targets; Aurora distributes them over Availability Zones.
pub(crate) fn a_writer_and_two_readers(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("have three instances", |cluster| {
            let instances = cluster.from::<aws::RdsClusterInstance, _>(
                View::<aws::RdsClusterInstance>::cluster_identifier,
            );
            instances.len() == 3
        })
        .must("be in the subnets of three Availability Zones", |cluster| {
            let groups = cluster.to::<aws::DbSubnetGroup, _>(cluster.db_subnet_group_name());
            let subnets = groups
                .iter()
                .flat_map(|group| group.to::<aws::Subnet, _>(group.subnet_ids()));
            subnets.count() == 3
        })
        .verdict()
}

/// Logs contain connections and changes of privileges, and no statements with card data; each log
/// has a log group before the export.
pub(crate) fn mysql_logs_connections_but_no_data(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("audit connections and privileges", |cluster| {
            parameter(cluster, "server_audit_logging") == Some("1")
                && parameter(cluster, "server_audit_events") == Some("CONNECT,QUERY_DCL,QUERY_DDL")
        })
        .must("log no statements", |cluster| {
            parameter(cluster, "general_log") == Some("0")
        })
        .must("have a log group for each exported log", |cluster| {
            let identifier = cluster.cluster_identifier().text().unwrap_or_default();
            let waited = cluster.node.meta().depends_on();
            let groups = cluster.case.items::<aws::CloudwatchLogGroup>();
            let sent = cluster.enabled_cloudwatch_logs_exports();
            let sent = sent.and_then(|sent| sent.items()).unwrap_or_default();
            let sent: Vec<_> = sent.iter().filter_map(Read::<String>::literal).collect();
            sent.contains(&"audit")
                && sent.iter().all(|log| {
                    let name = format!("/aws/rds/cluster/{identifier}/{log}");
                    let mut groups = groups.iter();
                    groups.any(|group| {
                        group.name().is(&name) && waited.contains(&group.node.node_id())
                    })
                })
        })
        .verdict()
}

fn one(case: Case<'_>, engine: &str) -> Verdict {
    let alone = |cluster: &Item<'_, aws::RdsCluster>| {
        cluster.global_cluster_identifier().is_none() && cluster.master_username().is_some()
    };
    case.every::<aws::RdsCluster>()
        .exactly(1)
        .must("have the required engine", |cluster| {
            cluster.engine().is(engine)
        })
        .must("be the writer", alone)
        .verdict()
}
