//! Networks, transit gateways, and the blocks behind them.

use std::collections::BTreeMap;

use super::{each, listed, needs_tier};
use crate::config::{Nat, Network, Stack, Tier};
use crate::diagnostic::{Diagnostic, Route};
use crate::newtypes::Cidr;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (route, network) in each(&stack.network) {
        listed(stack, network.region, &route.key("region"), found);
        tiers(network, &route, found);
    }
    for (route, vpc) in each(&stack.existing.vpc) {
        listed(stack, vpc.region, &route.key("region"), found);
    }
    for (route, vpn) in each(&stack.existing.vpn) {
        listed(stack, vpn.region, &route.key("region"), found);
    }
    for (route, secret) in each(&stack.existing.secret) {
        listed(stack, secret.region, &route.key("region"), found);
    }
    transits(stack, found);
    disjoint(&blocks(stack), found);
}

/// Tiers lie in their network, apart from each other, and their subnets have a size that AWS takes.
///
/// Source: VPC user guide, "Subnet CIDR blocks": /16 to /28.
fn tiers(network: &Network, route: &Route, found: &mut Vec<Diagnostic>) {
    if !(16..=28).contains(&network.cidr.prefix()) {
        found.push(
            Diagnostic::error(format!("a VPC is /16 to /28, not `{}`", network.cidr))
                .at(route.key("cidr")),
        );
    }
    let mut blocks = Vec::new();
    for (tier, block) in &network.tiers {
        let at = route.key("tiers").key(tier.as_str());
        if !network.cidr.contains(*block) {
            found.push(
                Diagnostic::error(format!(
                    "tier `{}` ({block}) is not inside its network ({})",
                    tier.as_str(),
                    network.cidr
                ))
                .at(&at)
                .related(route.key("cidr"), "the network"),
            );
        }
        if block.prefix() > 25 {
            found.push(
                Diagnostic::error(format!(
                    "`{block}` is too small: an eighth of it, for each zone letter, is a subnet, and AWS takes none below /28"
                ))
                .at(&at)
                .help("a tier is /25 or larger"),
            );
        }
        blocks.push((*block, at));
    }
    disjoint(&blocks, found);
    if network.nat != Nat::None && !network.tiers.contains_key(&Tier::Public) {
        found.push(
            Diagnostic::error("NAT gateways stand in a tier `public`, which this network lacks")
                .at(route.key("nat"))
                .help("add `public` to its tiers, or leave out `nat`"),
        );
    }
}

fn transits(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let mut numbers = BTreeMap::new();
    for (route, transit) in each(&stack.transit) {
        let mut region = None;
        for (index, name) in transit.networks.iter().enumerate() {
            let network = stack.network.resolve(name);
            let at = route.key("networks").index(index);
            needs_tier(network, &[Tier::Transit, Tier::Private], &at, found);
            if *region.get_or_insert(network.region) != network.region {
                found.push(
                    Diagnostic::error(format!(
                        "network `{name}` is in `{}`: a transit gateway has one region",
                        network.region
                    ))
                    .at(&at)
                    .help("give that region a transit gateway of its own, and name it in `peers`"),
                );
            }
        }
        for (index, peer) in transit.peers.iter().enumerate() {
            let theirs = stack.transit.resolve(peer).networks.first();
            let theirs = theirs.map(|name| stack.network.resolve(name).region);
            if theirs == region {
                found.push(
                    Diagnostic::error(format!(
                        "transit gateway `{peer}` is in the same region: attach its networks here"
                    ))
                    .at(route.key("peers").index(index))
                    .help("peering connects regions"),
                );
            }
        }
        if region.is_none() {
            found.push(
                Diagnostic::error("a transit gateway has at least one network")
                    .at(route.key("networks"))
                    .help("name one of the stack: `networks = [\"main\"]`"),
            );
        }
        if let Some(other) = numbers.insert(transit.asn, route.clone()) {
            found.push(
                Diagnostic::error(format!(
                    "two transit gateways have the number {}",
                    transit.asn
                ))
                .at(route.key("asn"))
                .related(other.key("asn"), "the other")
                .help("give each an `asn` of its own, from 64512 to 65534"),
            );
        }
    }
}

/// Every block that the stack routes to, with its place.
fn blocks(stack: &Stack) -> Vec<(Cidr, Route)> {
    let networks = each(&stack.network).map(|(route, network)| (network.cidr, route.key("cidr")));
    let existing = each(&stack.existing.vpc).map(|(route, vpc)| (vpc.cidr, route.key("cidr")));
    let on_premises = each(&stack.transit).flat_map(|(route, transit)| {
        let route = route.key("on_premises").key("cidrs");
        let cidrs = transit.on_premises.iter().flat_map(|site| &site.cidrs);
        cidrs
            .enumerate()
            .map(move |(index, cidr)| (*cidr, route.index(index)))
            .collect::<Vec<_>>()
    });
    networks.chain(existing).chain(on_premises).collect()
}

/// Overlapping blocks cannot be routed between, and AWS says nothing about it.
fn disjoint(blocks: &[(Cidr, Route)], found: &mut Vec<Diagnostic>) {
    for (position, (one, here)) in blocks.iter().enumerate() {
        for (other, there) in blocks.iter().take(position) {
            if one.overlaps(*other) {
                found.push(
                    Diagnostic::error(format!("{one} overlaps {other} (`{there}`)"))
                        .at(here)
                        .label("cannot be routed to")
                        .related(there, "the other block")
                        .help("choose blocks that have no address in common"),
                );
            }
        }
    }
}
