//! Migrations that an operator leads, and the workflows that lead others.

use super::tiers::require_tier;
use crate::config::{Named, Ref, Replication, ReplicationManagedBy, Stack, Tier};
use crate::diagnostic::Diagnostic;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, runbook) in stack.runbook.with_key_paths() {
        let network = stack.network.resolve(&runbook.network);
        require_tier(network, &[Tier::Private], &path.key("network"), found);
        if runbook.replications.is_empty() {
            found.push(
                Diagnostic::error("there is nothing to check")
                    .at(path.key("replications"))
                    .help("name at least one [replication.…]"),
            );
        }
        for (index, replication) in runbook.replications.iter().enumerate() {
            let at = path.key("replications").index(index);
            if let Some(workflow) = led_by(stack, replication) {
                found.push(
                    Diagnostic::error(format!(
                        "[workflow.{workflow}] leads `{replication}` already"
                    ))
                    .at(&at)
                    .help("one of them moves the writer: drop the runbook, or the workflow"),
                );
            }
        }
        // API Gateway gives up after 29 s; a caller that is held longer sees an error.
        if runbook.fence_timeout.get() > 28 {
            found.push(
                Diagnostic::error(format!(
                    "writes cannot be held for {} s: API Gateway gives up after 29",
                    runbook.fence_timeout
                ))
                .at(path.key("fence_timeout")),
            );
        }
    }
    for (name, replication) in stack.replication.iter() {
        let is_led = stack.runbook.iter().any(|(_, runbook)| {
            let mut led = runbook.replications.iter();
            led.any(|other| other.name() == name)
        });
        if replication.managed_by == ReplicationManagedBy::Runbook && !is_led {
            found.push(
                Diagnostic::warning("nothing carries out the cutover of this replication")
                    .at(Named::<Replication>::key_path(name).key("managed_by"))
                    .help("name it in a [runbook.…], whose functions the runbook calls"),
            );
        }
    }
}

fn led_by<'s>(stack: &'s Stack, replication: &Ref<Replication>) -> Option<&'s str> {
    let mut workflows = stack.workflow.iter();
    workflows
        .find(|(_, workflow)| workflow.replications.contains(replication))
        .map(|(name, _)| name.as_str())
}
