//! Runbooks, and the replications that they or workflows manage.

use super::tiers::require_tier;
use crate::config::{Named, Ref, Replication, ReplicationManagedBy, Stack, Tier};
use crate::diagnostic::Diagnostic;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, runbook) in stack.runbook.with_key_paths() {
        let at = path.key("network");
        require_tier(stack, &runbook.network, &[Tier::Private], &at, found);
        if runbook.replications.is_empty() {
            found.push(
                Diagnostic::error("`replications` is empty; a runbook needs at least one")
                    .at(path.key("replications"))
                    .help("list a [replication.…] in `replications`"),
            );
        }
        for (index, replication) in runbook.replications.iter().enumerate() {
            let at = path.key("replications").index(index);
            if let Some(workflow) = workflow_of(stack, replication) {
                found.push(
                    Diagnostic::error(format!(
                        "`replications` contains `{replication}`, which is already in [workflow.{workflow}]"
                    ))
                    .at(&at)
                    .help("remove the replication from the runbook or from the workflow; only one may switch the writer"),
                );
            }
        }
        // API Gateway times out after 29 s, and payments wait while the writer is fenced.
        if runbook.fence_timeout.get() > 28 {
            found.push(
                Diagnostic::error(format!(
                    "`fence_timeout` is {} s; the limit is 28, because API Gateway times out after 29",
                    runbook.fence_timeout
                ))
                .at(path.key("fence_timeout"))
                .help("write 28 or less; the default is 20"),
            );
        }
    }
    for (name, replication) in stack.replication.iter() {
        let in_runbook = stack.runbook.iter().any(|(_, runbook)| {
            let mut replications = runbook.replications.iter();
            replications.any(|other| other.name() == name)
        });
        if replication.managed_by == ReplicationManagedBy::Runbook && !in_runbook {
            found.push(
                Diagnostic::warning(format!(
                    "`managed_by` of replication `{name}` is `runbook`, but no [runbook.…] lists it"
                ))
                .at(Named::<Replication>::key_path(name).key("managed_by"))
                .help("add it to `replications` of a [runbook.…]"),
            );
        }
    }
}

fn workflow_of<'s>(stack: &'s Stack, replication: &Ref<Replication>) -> Option<&'s str> {
    let mut workflows = stack.workflow.iter();
    workflows
        .find(|(_, workflow)| workflow.replications.contains(replication))
        .map(|(name, _)| name.as_str())
}
