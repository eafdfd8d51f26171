//! Tiers of networks that sections use.

use super::key_and_value::key_and_value;
use crate::config::{Network, Ref, Stack, Tier};
use crate::diagnostic::{Diagnostic, KeyPath};

/// Requires that a network has one of `tiers`.
pub(super) fn require_tier(
    stack: &Stack,
    name: &Ref<Network>,
    tiers: &[Tier],
    at: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let network = stack.network.resolve(name);
    if tiers.iter().any(|tier| network.tiers.contains_key(tier)) {
        return;
    }
    let names: Vec<_> = tiers
        .iter()
        .map(|tier| format!("`{}`", tier.as_str()))
        .collect();
    found.push(
        Diagnostic::error(format!(
            "{}, which has no tier {}",
            key_and_value(at, name.name().as_str()),
            names.join(" or ")
        ))
        .at(at)
        .help(format!("add it to `tiers` of [network.{name}]")),
    );
}
