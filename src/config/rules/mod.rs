//! Rules that span sections of a stack file.
//!
//! Every reference is resolved when they run.

mod alerts;
mod call_graph;
mod compute;
mod declared_traffic;
mod dns;
mod environments;
mod function_versions;
mod images;
mod ingress;
mod key_and_value;
mod networks;
mod regions;
mod replication;
mod runbook;
mod section_names;
mod stores;
mod table;
mod tiers;
mod traffic;
mod validation;
mod waf;

use super::sections::Stack;
use crate::diagnostic::Diagnostic;
use crate::newtypes::EnvironmentName;

/// Adds an error for each broken rule, and warnings. `environment` is the one whose overlay the stack contains.
pub(super) fn check(
    stack: &Stack,
    environment: Option<&EnvironmentName>,
    found: &mut Vec<Diagnostic>,
) {
    environments::check(stack, found);
    // The other rules need the primary region.
    if stack.regions.is_empty() {
        return;
    }
    declared_traffic::check(stack, environment, found);
    section_names::check(stack, found);
    networks::check(stack, found);
    stores::check(stack, found);
    replication::check(stack, found);
    compute::check(stack, found);
    images::check(stack, found);
    call_graph::check(stack, found);
    function_versions::check(stack, found);
    ingress::check(stack, found);
    waf::check(stack, found);
    dns::check(stack, found);
    traffic::check(stack, found);
    runbook::check(stack, found);
    validation::check(stack, found);
    alerts::check(stack, found);
}
