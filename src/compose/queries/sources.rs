//! Network endpoints of source databases.

use std::collections::BTreeSet;

use crate::config::{Replication as ReplicationConfig, Stack};
use crate::constructs::core::SectionRef;

use crate::newtypes::{Cidr, Port};
use crate::terraform::tree::ConstructId;

/// An address range and a port at which a source database can be.
#[derive(Debug)]
pub(crate) struct SourceEndpoint {
    /// Its part of construct paths.
    pub(crate) id: ConstructId,
    pub(crate) cidr: Cidr,
    pub(crate) port: u16,
}

/// The port of a replication's source.
pub(crate) fn source_port(stack: &Stack, replication: SectionRef<'_, ReplicationConfig>) -> u16 {
    let port = replication.source.port.map(Port::get);
    let target = stack.database.resolve(&replication.target);
    port.unwrap_or(target.engine().port())
}

/// The CIDR blocks that can contain a replication's source: those that its network reaches through a transit
/// gateway.
pub(crate) fn source_cidrs(
    stack: &Stack,
    replication: SectionRef<'_, ReplicationConfig>,
) -> Vec<Cidr> {
    let home = replication.network.name();
    let gateways = SectionRef::all(&stack.transit).filter(|gateway| {
        gateway
            .networks
            .iter()
            .any(|network| network.name() == home)
    });
    let reached: BTreeSet<Cidr> = gateways
        .flat_map(|gateway| {
            let gateway = gateway.config();
            let there = gateway.on_premises.iter().flat_map(|there| &there.cidrs);
            let vpcs = gateway.existing.iter();
            let vpcs = vpcs.map(|vpc| stack.existing.vpc.resolve(vpc).cidr);
            there.copied().chain(vpcs)
        })
        .collect();
    reached.into_iter().collect()
}

/// The endpoints of a replication's source, one for each CIDR block.
pub(crate) fn source_endpoints(
    stack: &Stack,
    replication: SectionRef<'_, ReplicationConfig>,
) -> Vec<SourceEndpoint> {
    let port = source_port(stack, replication);
    let cidrs = source_cidrs(stack, replication).into_iter();
    cidrs
        .map(|cidr| SourceEndpoint {
            id: replication
                .construct_id()
                .map(|name| format!("{name}-source-{}", cidr.dashed())),
            cidr,
            port,
        })
        .collect()
}
