//! The migration procedure: its functions, the workflow or the runbook that calls them, and the DNS failback.

mod dns_failback;
mod functions;
mod runbook;
pub(super) mod workflow;

pub(super) use functions::spec::MigrationDeps;
use runbook::Runbooks;
use workflow::Workflows;

use super::composer::Composer;

/// The workflows and runbooks of a migration.
pub(super) struct Migration {
    pub(super) workflows: Workflows,
    pub(super) runbooks: Runbooks,
}

/// Adds the migration's components. Its functions exist in the phases in which they can work. Their logs, and the history
/// of the state machines, are evidence and in every phase.
pub(super) fn add(composer: &mut Composer<'_>, deps: MigrationDeps<'_>) -> Migration {
    dns_failback::add(composer, deps);
    Migration {
        workflows: workflow::add(composer, deps),
        runbooks: runbook::add(composer, deps),
    }
}
