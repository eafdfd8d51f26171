//! The foundations that every other layer runs on: networks, data stores and the replications that
//! fill them, secrets, SNS topics, audit and budget.

pub(super) mod application_secrets;
mod audit;
pub(super) mod bucket_replicas;
pub(super) mod buckets;
mod budget;
pub(super) mod connectivity;
pub(super) mod database_access;
pub(super) mod databases;
mod existing_vpcs;
pub(super) mod networks;
mod old_system;
pub(super) mod parameters;
pub(super) mod replications;
mod resolvers;
pub(super) mod rotations;
pub(super) mod secret_permissions;
mod secret_replicas;
pub(super) mod tables;
pub(super) mod topics;
pub(super) mod transits;
pub(super) mod writer_location;

use super::composer::Composer;
use crate::constructs::core::PlanCondition;
use application_secrets::ApplicationSecrets;
use bucket_replicas::BucketReplicas;
use buckets::Buckets;
use connectivity::Connectivity;
use databases::Databases;
use networks::Networks;
use replications::Replications;
use rotations::Rotation;
use tables::Tables;
use topics::Topics;
use transits::Transits;

/// The components of the first layer.
pub(super) struct Foundations<'a> {
    pub(super) networks: Networks,
    pub(super) transits: Transits,
    pub(super) connectivity: Connectivity,
    pub(super) topics: Topics<'a>,
    pub(super) databases: Databases,
    pub(super) replications: Replications,
    pub(super) application_secrets: ApplicationSecrets,
    pub(super) rotations: Vec<Rotation>,
    pub(super) buckets: Buckets,
    pub(super) bucket_replicas: BucketReplicas,
    pub(super) tables: Tables,
    /// The condition of a plan that sets the traffic weights.
    pub(super) weight_condition: Option<PlanCondition>,
}

/// Adds the foundations. All of them are in every phase, because they hold data or an identity.
pub(super) fn add<'a>(composer: &mut Composer<'a>) -> Foundations<'a> {
    let networks = networks::add(composer);
    let existing_vpcs = existing_vpcs::add(composer);
    let mut connectivity = Connectivity::default();
    let transits = transits::add(composer, &networks, &existing_vpcs, &mut connectivity);
    resolvers::add(composer, &networks, &mut connectivity);
    let topics = topics::add(composer);
    budget::add(composer, &topics);
    let databases = databases::add(composer, &networks);
    database_access::add_cross_network_ingress(composer, &networks, &databases, &mut connectivity);
    old_system::allow_old_system(
        composer,
        &networks,
        &databases,
        &existing_vpcs,
        &mut connectivity,
    );
    let replications = replications::add(composer, &networks, &databases, &topics, &connectivity);
    let application_secrets = application_secrets::add(composer, &databases);
    let rotations = rotations::add(
        composer,
        &networks,
        &databases,
        &application_secrets,
        &replications,
    );
    let buckets = buckets::add(composer);
    let bucket_replicas = bucket_replicas::add(composer, &buckets);
    let tables = tables::add(composer);
    audit::add(composer, &buckets, &bucket_replicas, &tables);
    let weight_condition = parameters::add(composer);
    Foundations {
        networks,
        transits,
        connectivity,
        topics,
        databases,
        replications,
        application_secrets,
        rotations,
        buckets,
        bucket_replicas,
        tables,
        weight_condition,
    }
}
