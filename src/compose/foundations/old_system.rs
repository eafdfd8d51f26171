//! Security group rules between an old system in AWS and the new one.

use crate::compose::composer::Composer;
use crate::compose::foundations::connectivity::Connectivity;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::existing_vpcs::{ExistingVpcMap, ExistingVpcs};
use crate::compose::foundations::networks::Networks;
use crate::compose::phase::replication_footprint;
use crate::compose::queries::payment_code::networks_using;
use crate::compose::queries::sources::source_port;
use crate::config::{Credentials, Replication as ReplicationConfig};
use crate::constructs::core::SectionRef;
use crate::constructs::network::security_group_rules::{allow_from_cidr, allow_to_cidr};
use crate::constructs::replication::Footprint;

/// Allows access between the systems while both run: replication and payment code to the old database, and the
/// programs of the old system to the new database.
pub(crate) fn allow_old_system(
    composer: &mut Composer<'_>,
    networks: &Networks,
    databases: &Databases,
    existing: &ExistingVpcs,
    connectivity: &mut Connectivity,
) {
    let (Footprint::Full, Some(existing)) =
        (replication_footprint(composer.target.phase), existing)
    else {
        return;
    };
    for section in SectionRef::all(&composer.stack.replication) {
        allow_into_source(composer, section, networks, existing, connectivity);
        allow_old_clients(composer, section, databases, existing);
    }
}

fn allow_into_source(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, ReplicationConfig>,
    networks: &Networks,
    existing: &ExistingVpcMap,
    connectivity: &mut Connectivity,
) {
    let Some(group) = &section.source.security_group else {
        return;
    };
    let vpc = existing.get(&group.vpc);
    let target = SectionRef::resolve(&composer.stack.database, &section.target);
    let port = source_port(composer.stack, section);
    let mut clients = networks_using(composer.stack, target);
    clients.insert(section.network.clone());
    if let Credentials::Rotated(_) = section.source.credentials {
        clients.insert(target.aurora().network.clone());
    }
    for network in &clients {
        let id = SectionRef::resolve(&composer.stack.network, network).construct_id();
        let cidr = networks.get(network).cidr;
        let mut root = composer.root.in_region(vpc.region.as_str());
        let mut scope = section.scope(&mut root).into_child("source");
        if let Some(group) = vpc.security_group(&group.name) {
            let why = "Replication and payment code of the new system to source database";
            let rule = allow_from_cidr(&mut scope, id, cidr, group, port, why);
            connectivity.extend(network, [rule]);
        }
    }
}

fn allow_old_clients(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, ReplicationConfig>,
    databases: &Databases,
    existing: &ExistingVpcMap,
) {
    let Some(group) = &section.source.client_security_group else {
        return;
    };
    let vpc = existing.get(&group.vpc);
    let target = SectionRef::resolve(&composer.stack.database, &section.target);
    let database = databases.of(target);
    let (placement, port) = (database.placement, database.port);
    let why = "Old system to new database";
    if let Some(group) = vpc.security_group(&group.name) {
        let mut root = composer.root.in_region(vpc.region.as_str());
        let mut scope = section.scope(&mut root).into_child("clients");
        let id = target.construct_id();
        allow_to_cidr(&mut scope, id, placement.cidr, group, port, why);
    }
    let id = SectionRef::resolve(&composer.stack.existing.vpc, &group.vpc).construct_id();
    let mut root = composer.root.in_region(database.region.as_str());
    let mut scope = target.scope(&mut root);
    allow_from_cidr(
        &mut scope,
        id,
        vpc.cidr,
        placement.security_group.id(),
        port,
        why,
    );
}
