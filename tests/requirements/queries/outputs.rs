//! Outputs of a deployment for other programs.

use paymig::aws;
use paymig::terraform::tree::{Expr, Kind, Term, View};

use crate::framework::case::{Case, Verdict};

/// Endpoints of the load balancer and the database, and identifiers of the network.
pub(crate) fn outputs_contain_endpoints(case: Case<'_>) -> Verdict {
    reads::<aws::RdsCluster>(case, "rds_cluster_endpoint", "endpoint")
        .and(reads::<aws::RdsCluster>(
            case,
            "rds_reader_endpoint",
            "reader_endpoint",
        ))
        .and(reads::<aws::Lb>(case, "alb_dns_name", "dns_name"))
        .and(reads::<aws::Vpc>(case, "vpc_id", "id"))
        .and(reads::<aws::data::Ec2TransitGatewayVpnAttachment>(
            case,
            "vpn_connection_id",
            "vpn_connection_id",
        ))
}

/// The status of the replication, while there is one.
pub(crate) fn outputs_contain_replication_status(case: Case<'_>) -> Verdict {
    type Task = aws::DmsReplicationTask;
    reads::<Task>(case, "dms_replication_status", "status").and(reads::<Task>(
        case,
        "dms_task_arn",
        "replication_task_arn",
    ))
}

/// The output `name` is the attribute of one element of kind `K`.
fn reads<K: Kind>(case: Case<'_>, name: &str, attribute: &str) -> Verdict {
    let output = case.tree.outputs().get(name);
    let holds = output.is_some_and(|output| match output.value() {
        Term::Expr(expr) => match expr.as_ref() {
            Expr::Attribute(node, read) => {
                let node = case.tree.node(*node);
                *read == attribute && node.and_then(View::<K>::of).is_some()
            }
            _ => false,
        },
        _ => false,
    });
    Verdict::of(
        holds,
        format!("the output {name} is not `{attribute}` of a {}", K::TYPE),
    )
}
