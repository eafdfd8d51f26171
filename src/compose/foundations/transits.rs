//! Transit gateways: their attachments, and the peerings between them.

use crate::compose::composer::Composer;
use crate::compose::foundations::connectivity::Connectivity;
use crate::compose::foundations::existing_vpcs::ExistingVpcs;
use crate::compose::foundations::networks::Networks;
use crate::compose::queries::regions::transit_region;
use crate::config::Transit as TransitConfig;
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::network::transit::{
    Peer, PeeringProps, Transit, TransitDeps, TransitProps, VpcAttachment, add_peering,
};
use crate::constructs::security::kms_key::DataClass;

pub(crate) type Transits = SectionMap<TransitConfig, Transit>;

pub(crate) fn add(
    composer: &mut Composer<'_>,
    networks: &Networks,
    existing: &ExistingVpcs,
    connectivity: &mut Connectivity,
) -> Transits {
    let transits = SectionMap::build(&composer.stack.transit, |section| {
        let region = transit_region(composer.stack, section);
        let props = TransitProps {
            section,
            region,
            existing: &composer.stack.existing,
        };
        let deps = TransitDeps {
            vpcs: attachments(composer, section, networks, existing),
            logs_key: composer.key(DataClass::Logs, region),
        };
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = section.scope(&mut root);
        Transit::new(&mut scope, &composer.context, props, deps)
    });
    for section in SectionRef::all(&composer.stack.transit) {
        for network in &section.networks {
            connectivity.extend(network, transits.of(section).routes.iter().copied());
        }
        for to in &section.peers {
            let accepter = SectionRef::resolve(&composer.stack.transit, to);
            let requester = peer_of(composer, section, &transits);
            let props = PeeringProps {
                id: accepter.construct_id(),
                requester,
                accepter: peer_of(composer, accepter, &transits),
            };
            let mut root = composer.root.in_region(requester.transit.region.as_str());
            let mut scope = section.scope(&mut root);
            let routes = add_peering(&mut scope, &composer.context, props);
            for network in section.networks.iter().chain(&accepter.networks) {
                connectivity.extend(network, routes.iter().copied());
            }
        }
    }
    transits
}

fn peer_of<'t>(
    composer: &mut Composer<'_>,
    section: SectionRef<'t, TransitConfig>,
    transits: &'t Transits,
) -> Peer<'t> {
    let transit = transits.of(section);
    Peer {
        transit,
        provider: composer.root.in_region(transit.region.as_str()).provider(),
        identity: section.physical_name_key(),
    }
}

fn attachments(
    composer: &Composer<'_>,
    section: SectionRef<'_, TransitConfig>,
    networks: &Networks,
    existing: &ExistingVpcs,
) -> Vec<VpcAttachment> {
    let own = section.networks.iter().map(|network| {
        let network_section = SectionRef::resolve(&composer.stack.network, network);
        networks.get(network).transit_attachment(network_section)
    });
    let existing = existing.iter().flat_map(|existing| {
        section.existing.iter().map(|vpc| {
            let vpc_section = SectionRef::resolve(&composer.stack.existing.vpc, vpc);
            existing.get(vpc).transit_attachment(vpc_section)
        })
    });
    own.chain(existing).collect()
}
