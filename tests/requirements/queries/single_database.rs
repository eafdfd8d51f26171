//! Databases of systems in one region.

use paymig::aws;
use paymig::tree::View;

use crate::case::{Case, Item, Known, Verdict};

/// One cluster, which no other region follows.
pub(crate) fn one_aurora_postgresql(case: Case<'_>) -> Verdict {
    one(case, "aurora-postgresql")
}

/// One takes writes, and two are read and stand by to take over; Aurora spreads them over zones.
pub(crate) fn a_writer_and_two_readers(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("have three instances", |cluster| {
            let instances = cluster.from::<aws::RdsClusterInstance, _>(
                View::<aws::RdsClusterInstance>::cluster_identifier,
            );
            instances.len() == 3
        })
        .must("have storage in the subnets of three zones", |cluster| {
            let groups = cluster.to::<aws::DbSubnetGroup, _>(cluster.db_subnet_group_name());
            let subnets = groups
                .iter()
                .flat_map(|group| group.to::<aws::Subnet, _>(group.subnet_ids()));
            subnets.count() == 3
        })
        .verdict()
}

fn one(case: Case<'_>, engine: &str) -> Verdict {
    let alone = |cluster: &Item<'_, aws::RdsCluster>| {
        cluster.global_cluster_identifier().is_none() && cluster.master_username().is_some()
    };
    case.every::<aws::RdsCluster>()
        .exactly(1)
        .must("be of the engine that was asked for", |cluster| {
            cluster.engine().is(engine)
        })
        .must("take writes itself", alone)
        .verdict()
}
