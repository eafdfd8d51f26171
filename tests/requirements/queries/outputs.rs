//! Outputs of a deployment for other programs.

use paymig::aws;
use paymig::terraform::tree::{Kind, NodeId, View};

use crate::framework::case::{Case, Verdict};

/// Endpoints of the load balancer and the database, and identifiers of the network.
pub(crate) fn outputs_contain_endpoints(case: Case<'_>) -> Verdict {
    tells::<aws::RdsCluster>(case, "rds_cluster_endpoint")
        .and(tells::<aws::RdsCluster>(case, "rds_reader_endpoint"))
        .and(tells::<aws::Lb>(case, "alb_dns_name"))
        .and(tells::<aws::Vpc>(case, "vpc_id"))
        .and(tells::<aws::data::Ec2TransitGatewayVpnAttachment>(
            case,
            "vpn_connection_id",
        ))
}

/// The status of the replication, while there is one.
pub(crate) fn outputs_contain_replication_status(case: Case<'_>) -> Verdict {
    tells::<aws::DmsReplicationTask>(case, "dms_replication_status")
        .and(tells::<aws::DmsReplicationTask>(case, "dms_task_arn"))
}

fn tells<K: Kind>(case: Case<'_>, name: &str) -> Verdict {
    let mut of: Vec<NodeId> = Vec::new();
    if let Some(output) = case.tree.outputs().get(name) {
        output.value().references(&mut |id| of.push(id));
    }
    let nodes = of.iter().filter_map(|id| case.tree.node(*id));
    let count = nodes.filter_map(View::<K>::of).count();
    Verdict::of(
        count == 1,
        format!("no output {name} tells of a {}", K::TYPE),
    )
}
