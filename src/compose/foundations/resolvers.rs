//! DNS resolution of the datacenter's names.

use crate::compose::composer::Composer;
use crate::compose::foundations::connectivity::Connectivity;
use crate::compose::foundations::networks::Networks;
use crate::compose::phase::replication_footprint;
use crate::compose::queries::regions::transit_region;
use crate::constructs::core::SectionRef;
use crate::constructs::network::resolver::{ResolverProps, add_resolver};
use crate::constructs::replication::Footprint;

/// Adds the resolvers to the networks that reach a datacenter, while replication runs.
pub(crate) fn add(
    composer: &mut Composer<'_>,
    networks: &Networks,
    connectivity: &mut Connectivity,
) {
    if replication_footprint(composer.target.phase) == Footprint::Persistent {
        return;
    }
    for section in SectionRef::all(&composer.stack.transit) {
        let Some(there) = &section.config().on_premises else {
            continue;
        };
        let members: Vec<_> = section
            .networks
            .iter()
            .map(|network| {
                let network_section = SectionRef::resolve(&composer.stack.network, network);
                (network_section, networks.get(network))
            })
            .collect();
        let region = transit_region(composer.stack, section);
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = section.scope(&mut root);
        let props = ResolverProps {
            section,
            on_premises: there,
        };
        let associations = add_resolver(&mut scope, &composer.context, props, &members);
        for (network, association) in section.networks.iter().zip(associations) {
            connectivity.extend(network, [association.into()]);
        }
    }
}
