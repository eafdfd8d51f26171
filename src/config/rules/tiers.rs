//! Tiers that sections use in a network.

use crate::config::{Network, Tier};
use crate::diagnostic::{Diagnostic, KeyPath};

/// Requires one of `tiers` in a network.
pub(super) fn require_tier(
    network: &Network,
    tiers: &[Tier],
    at: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
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
