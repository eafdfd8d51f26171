//! Networks, transit gateways and the CIDR blocks that they route to.

use std::collections::BTreeMap;

use super::regions::require_listed_region;
use super::tiers::require_tier;
use crate::config::{Nat, Network, Stack, Tier};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Cidr;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, network) in stack.network.with_key_paths() {
        require_listed_region(stack, network.region, &path.key("region"), found);
        tiers(network, &path, found);
    }
    for (path, vpc) in stack.existing.vpc.with_key_paths() {
        require_listed_region(stack, vpc.region, &path.key("region"), found);
    }
    for (path, vpn) in stack.existing.vpn.with_key_paths() {
        require_listed_region(stack, vpn.region, &path.key("region"), found);
    }
    for (path, secret) in stack.existing.secret.with_key_paths() {
        require_listed_region(stack, secret.region, &path.key("region"), found);
    }
    transits(stack, found);
    disjoint(&blocks(stack), found);
}

/// Requires tiers inside their network that do not overlap, with subnets of a size that AWS allows.
///
/// Source: VPC user guide, "Subnet CIDR blocks": /16 to /28.
fn tiers(network: &Network, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if !(16..=28).contains(&network.cidr.prefix()) {
        found.push(
            Diagnostic::error(format!("`cidr` is `{}`; a VPC is /16 to /28", network.cidr))
                .at(path.key("cidr"))
                .help("write a block of /16 to /28"),
        );
    }
    let mut blocks = Vec::new();
    for (tier, block) in &network.tiers {
        let at = path.key("tiers").key(tier.as_str());
        if !network.cidr.contains(*block) {
            found.push(
                Diagnostic::error(format!(
                    "`tiers.{}` is {block}, which is not inside its network, {}",
                    tier.as_str(),
                    network.cidr
                ))
                .at(&at)
                .related(path.key("cidr"), "the network")
                .help(format!("write a block inside {}", network.cidr)),
            );
        }
        if block.prefix() > 25 {
            found.push(
                Diagnostic::error(format!(
                    "`tiers.{}` is {block}: a subnet is an eighth of it, and AWS allows none smaller than /28",
                    tier.as_str()
                ))
                .at(&at)
                .help("write a block of /25 or larger"),
            );
        }
        blocks.push((*block, at));
    }
    disjoint(&blocks, found);
    if network.nat != Nat::None && !network.tiers.contains_key(&Tier::Public) {
        found.push(
            Diagnostic::error(
                "`nat` needs a tier `public` for the NAT gateways, but `tiers` has none",
            )
            .at(path.key("nat"))
            .help("add `public` to `tiers`, or remove `nat`"),
        );
    }
}

fn transits(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let mut numbers = BTreeMap::new();
    for (path, transit) in stack.transit.with_key_paths() {
        let mut region = None;
        for (index, name) in transit.networks.iter().enumerate() {
            let network = stack.network.resolve(name);
            let at = path.key("networks").index(index);
            require_tier(stack, name, &[Tier::Transit, Tier::Private], &at, found);
            if *region.get_or_insert(network.region) != network.region {
                found.push(
                    Diagnostic::error(format!(
                        "`networks` contains `{name}`, which is in `{}`; the networks of a transit gateway share one region",
                        network.region
                    ))
                    .at(&at)
                    .help("add a [transit.…] for that region, and list it in `peers`"),
                );
            }
        }
        for (index, peer) in transit.peers.iter().enumerate() {
            let theirs = stack.transit.resolve(peer).networks.first();
            let theirs = theirs.map(|name| stack.network.resolve(name).region);
            if theirs == region {
                found.push(
                    Diagnostic::error(format!(
                        "`peers` contains `{peer}`, which is in the same region; peering connects regions"
                    ))
                    .at(path.key("peers").index(index))
                    .help("attach its networks to this transit gateway"),
                );
            }
        }
        if region.is_none() {
            found.push(
                Diagnostic::error("`networks` is empty; a transit gateway needs at least one")
                    .at(path.key("networks"))
                    .help("for example `networks = [\"main\"]`"),
            );
        }
        if let Some(other) = numbers.insert(transit.asn, path.clone()) {
            found.push(
                Diagnostic::error(format!("two transit gateways have `asn` {}", transit.asn))
                    .at(path.key("asn"))
                    .related(other.key("asn"), "the other transit gateway")
                    .help("write a different `asn` for each, from 64512 to 65534"),
            );
        }
    }
}

/// The CIDR blocks that the stack routes to, with their key paths.
fn blocks(stack: &Stack) -> Vec<(Cidr, KeyPath)> {
    let networks = stack
        .network
        .with_key_paths()
        .map(|(path, network)| (network.cidr, path.key("cidr")));
    let existing = stack
        .existing
        .vpc
        .with_key_paths()
        .map(|(path, vpc)| (vpc.cidr, path.key("cidr")));
    let on_premises = stack.transit.with_key_paths().flat_map(|(path, transit)| {
        let path = path.key("on_premises").key("cidrs");
        let cidrs = transit.on_premises.iter().flat_map(|site| &site.cidrs);
        cidrs
            .enumerate()
            .map(move |(index, cidr)| (*cidr, path.index(index)))
            .collect::<Vec<_>>()
    });
    networks.chain(existing).chain(on_premises).collect()
}

/// Requires blocks that do not overlap. AWS accepts overlapping blocks, but cannot route between them.
fn disjoint(blocks: &[(Cidr, KeyPath)], found: &mut Vec<Diagnostic>) {
    for (position, (one, here)) in blocks.iter().enumerate() {
        for (other, there) in blocks.iter().take(position) {
            if one.overlaps(*other) {
                found.push(
                    Diagnostic::error(format!(
                        "`{here}` is {one}, which overlaps {other} (`{there}`)"
                    ))
                    .at(here)
                    .label("cannot be routed to")
                    .related(there, "the other block")
                    .help("choose blocks that do not overlap"),
                );
            }
        }
    }
}
