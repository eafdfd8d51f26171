//! Which alarms the system has, and whom they tell.

mod foundations;
mod ingress;
mod workload;

use crate::compose::alarms::foundations::{
    add_bucket_replica_alarms, add_database_alarms, add_replication_alarms, add_rotation_alarms,
    add_secondary_cluster_alarms, add_table_alarms,
};
use crate::compose::alarms::ingress::{
    add_api_alarms, add_authorizer_alarms, add_balancer_alarms, add_dns_alarms,
};
use crate::compose::alarms::workload::{
    add_auto_scaling_alarms, add_fargate_alarms, add_function_alarms, add_transaction_alarms,
};
use crate::compose::composer::Composer;
use crate::compose::foundations::bucket_replicas::BucketReplicas;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::replications::Replications;
use crate::compose::foundations::rotations::Rotation;
use crate::compose::foundations::tables::Tables;
use crate::compose::foundations::topics::Topics;
use crate::compose::ingress::Ingress;
use crate::compose::ingress::authorizers::Authorizers;
use crate::compose::ingress::dns::DnsNames;
use crate::compose::workload::auto_scaling::AutoScalingServices;
use crate::compose::workload::fargate::FargateService;
use crate::compose::workload::functions::Functions;
use crate::constructs::observability::alarms::AlarmHandle;

/// What is watched.
#[derive(Clone, Copy)]
pub(crate) struct Watched<'a> {
    pub(crate) databases: &'a Databases,
    pub(crate) rotations: &'a [Rotation],
    pub(crate) functions: &'a Functions,
    pub(crate) replications: &'a Replications,
    pub(crate) authorizers: &'a Authorizers,
    pub(crate) edge: &'a Ingress,
    pub(crate) fleets: &'a AutoScalingServices,
    pub(crate) tables: &'a Tables,
    pub(crate) bucket_replicas: &'a BucketReplicas,
    pub(crate) tasks: &'a [FargateService<'a>],
    pub(crate) dns: &'a DnsNames,
}

/// The alarms that tell whether payments suffer: a shift of requests stops at them.
#[derive(Debug)]
pub(crate) struct GuardAlarms {
    /// Where requests enter. Whoever goes back in DNS looks at these alone: a database that is being loaded
    /// has alarms of its own, and takes no payments.
    pub(crate) entry: Vec<AlarmHandle>,
    /// What answers them.
    behind: Vec<AlarmHandle>,
}

impl GuardAlarms {
    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &AlarmHandle> {
        self.behind.iter().chain(&self.entry)
    }
}

/// Every alarm but the workflow's own; those that tell whether payments suffer are given back.
pub(crate) fn add(
    composer: &mut Composer<'_>,
    watched: Watched<'_>,
    topics: &Topics<'_>,
) -> GuardAlarms {
    add_secondary_cluster_alarms(composer, watched.databases, topics);
    add_rotation_alarms(composer, watched.rotations, topics);
    add_replication_alarms(composer, watched.replications, topics);
    add_dns_alarms(composer, watched.dns, topics);
    add_bucket_replica_alarms(composer, watched.bucket_replicas, topics);
    let mut behind = add_database_alarms(composer, watched.databases, topics);
    behind.extend(add_table_alarms(composer, watched.tables, topics));
    behind.extend(add_function_alarms(composer, watched.functions, topics));
    behind.extend(add_transaction_alarms(composer, topics));
    behind.extend(add_fargate_alarms(composer, watched.tasks, topics));
    behind.extend(add_auto_scaling_alarms(composer, watched.fleets, topics));
    behind.extend(add_authorizer_alarms(composer, watched.authorizers, topics));
    let (mut entry, targets) = add_balancer_alarms(composer, watched.edge, topics);
    behind.extend(targets);
    entry.extend(add_api_alarms(composer, watched.edge, topics));
    GuardAlarms { entry, behind }
}
