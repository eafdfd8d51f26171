//! What holds between the sections of a stack file.
//!
//! References are known to lead somewhere when these checks run.

mod alerts;
mod call_graph;
mod compute;
mod dns;
mod environments;
mod images;
mod ingress;
mod networks;
mod replication;
mod runbook;
mod section_names;
mod stores;
mod table;
mod traffic;

use super::sections::{Named, Network, Section, Stack, Tier};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Region;

/// Adds what is wrong, and what the reader should know.
pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    environments::check(stack, found);
    section_names::check(stack, found);
    networks::check(stack, found);
    stores::check(stack, found);
    replication::check(stack, found);
    compute::check(stack, found);
    images::check(stack, found);
    call_graph::check(stack, found);
    ingress::check(stack, found);
    dns::check(stack, found);
    traffic::check(stack, found);
    runbook::check(stack, found);
    alerts::check(stack, found);
}

/// A region that the stack does not list.
fn listed(stack: &Stack, region: Region, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    if stack.regions.contains(&region) {
        return;
    }
    let regions: Vec<_> = stack.regions.iter().map(|region| region.as_str()).collect();
    let unlisted = Diagnostic::error(format!("`{region}` is not a region of this stack")).at(at);
    let near = crate::diagnostic::closest_match(region.as_str(), regions.iter().copied());
    found.push(match near {
        Some(near) => unlisted.help(format!("did you mean `{near}`?")),
        None => unlisted.help(format!("`regions` has {}", regions.join(", "))),
    });
}

/// The sections of a kind with their places.
fn each<T: Section>(named: &Named<T>) -> impl Iterator<Item = (KeyPath, &T)> {
    named
        .iter()
        .map(|(name, section)| (Named::<T>::key_path(name), section))
}

/// A network that has none of these tiers.
fn needs_tier(network: &Network, tiers: &[Tier], at: &KeyPath, found: &mut Vec<Diagnostic>) {
    if tiers.iter().any(|tier| network.tiers.contains_key(tier)) {
        return;
    }
    let names: Vec<_> = tiers
        .iter()
        .map(|tier| format!("`{}`", tier.as_str()))
        .collect();
    found
        .push(Diagnostic::error(format!("that network has no tier {}", names.join(" or "))).at(at));
}
