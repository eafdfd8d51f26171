//! CloudWatch alarms of the layers below, and the topics that they notify.

mod foundations;
mod ingress;
mod workload;

use crate::compose::alarms::foundations::{
    add_bucket_replica_alarms, add_database_alarms, add_replication_alarms, add_rotation_alarms,
    add_secondary_cluster_alarms, add_table_alarms, add_vpn_connection_alarms,
};
use crate::compose::alarms::ingress::{
    add_api_alarms, add_authorizer_alarms, add_balancer_alarms, add_dns_alarms, add_web_acl_alarms,
};
use crate::compose::alarms::workload::{
    add_auto_scaling_alarms, add_fargate_alarms, add_function_alarms, add_transaction_alarms,
};
use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::ingress::Ingress;
use crate::compose::workload::Workload;
use crate::constructs::observability::alarms::AlarmHandle;

/// Guard alarms: a traffic shift stops, and the workflow rolls back, when one of them is in ALARM.
#[derive(Debug)]
pub(super) struct GuardAlarms {
    /// Alarms of the entry points. A DNS failback considers these alone: a database that is being loaded
    /// is in ALARM for other reasons, and serves no payments.
    pub(super) ingress: Vec<AlarmHandle>,
    /// Alarms of the components that serve the requests, and of the web ACLs.
    backend: Vec<AlarmHandle>,
}

impl GuardAlarms {
    /// Iterates over all guard alarms.
    pub(super) fn all(&self) -> impl Iterator<Item = &AlarmHandle> {
        self.backend.iter().chain(&self.ingress)
    }
}

/// Adds the alarms of the foundations, the ingress and the workload.
pub(super) fn add(
    composer: &mut Composer<'_>,
    foundations: &Foundations<'_>,
    ingress: &Ingress,
    workload: &Workload<'_>,
) -> GuardAlarms {
    let topics = &foundations.topics;
    add_secondary_cluster_alarms(composer, &foundations.databases, topics);
    add_rotation_alarms(composer, &foundations.rotations, topics);
    add_replication_alarms(composer, &foundations.replications, topics);
    add_vpn_connection_alarms(composer, &foundations.transits, topics);
    add_dns_alarms(composer, &ingress.dns, topics);
    add_bucket_replica_alarms(composer, &foundations.bucket_replicas, topics);
    let mut backend = add_database_alarms(composer, &foundations.databases, topics);
    backend.extend(add_table_alarms(composer, &foundations.tables, topics));
    backend.extend(add_function_alarms(composer, &workload.functions, topics));
    backend.extend(add_transaction_alarms(composer, topics));
    backend.extend(add_fargate_alarms(composer, &workload.fargate, topics));
    backend.extend(add_auto_scaling_alarms(
        composer,
        &workload.auto_scaling,
        topics,
    ));
    backend.extend(add_authorizer_alarms(
        composer,
        &ingress.authorizers,
        topics,
    ));
    let (mut requests, targets) = add_balancer_alarms(composer, ingress, topics);
    backend.extend(targets);
    backend.extend(add_web_acl_alarms(composer, topics));
    requests.extend(add_api_alarms(composer, ingress, topics));
    GuardAlarms {
        ingress: requests,
        backend,
    }
}
