//! DNS resolution of the datacenter's names.

use crate::compose::composer::Composer;
use crate::compose::foundations::networks::Networks;
use crate::compose::queries::regions::transit_region;
use crate::constructs::core::SectionRef;
use crate::constructs::network::resolver;
use crate::constructs::replication::Footprint;

/// Adds the resolvers to the networks that reach a datacenter, while replication runs.
pub(crate) fn add(composer: &mut Composer<'_>, networks: &Networks) {
    if composer.replication_footprint() == Footprint::Persistent {
        return;
    }
    for entry in SectionRef::all(&composer.stack.transit) {
        let Some(there) = &entry.config().on_premises else {
            continue;
        };
        let members: Vec<_> = entry
            .networks
            .iter()
            .map(|network| {
                let section = SectionRef::resolve(&composer.stack.network, network);
                (section, networks.get(network))
            })
            .collect();
        let region = transit_region(composer.stack, entry);
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = entry.scope(&mut root);
        resolver::resolve(&mut scope, &composer.context, entry, there, &members);
    }
}
