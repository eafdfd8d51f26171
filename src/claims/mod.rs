//! Claims: what AWS or the network outside allows once, so that one environment can have it.
//!
//! Environments of a stack file exist beside each other in one account, one hosted zone and beside one datacenter. Names
//! of resources contain the environment and the suffix. Everything else that two environments could share is a claim:
//! records of a hosted zone that the stack looks up, custom domains of APIs, customer gateways, blocks that a datacenter
//! routes to, routes and rules of resources that the stack looks up, and settings of the account.

mod claim;
mod collision;
mod dns;
mod identity;
mod names;
mod network;

use crate::terraform::tree::Tree;

pub use claim::{Claim, ClaimKind, ClaimedValue, Scope};
pub use collision::{EnvironmentClaims, Suffixes, collisions};

/// Returns the claims of an environment, in the order of its resources.
pub fn claims(tree: &Tree) -> Vec<Claim> {
    let mut found = Vec::new();
    dns::collect(tree, &mut found);
    network::collect(tree, &mut found);
    names::collect(tree, &mut found);
    found
}
