//! The comparison of source and target: control totals, and the age of the comparison before the cutover.

use std::collections::BTreeSet;

use crate::config::{Replication, Stack, Traffic, Workflow};
use crate::diagnostic::{Diagnostic, KeyPath};

/// The alarm checks, the lag checks and the retries of a cutover, in minutes.
const STEPS_OF_CUTOVER: u64 = 60;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, replication) in stack.replication.with_key_paths() {
        control_totals(replication, &path.key("control_totals"), found);
    }
    for (path, workflow) in stack.workflow.with_key_paths() {
        validation_age(stack, workflow, &path, found);
    }
}

/// Requires that the tables of control totals are replicated, each with one control total.
fn control_totals(replication: &Replication, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for (index, total) in replication.control_totals.iter().enumerate() {
        let at = path.index(index).key("table");
        if !replication
            .tables
            .iter()
            .any(|pattern| pattern.matches(&total.table))
        {
            found.push(
                Diagnostic::error(format!(
                    "`table` is `{}`, which no pattern of `tables` contains",
                    total.table
                ))
                .at(&at)
                .help("write a table that is replicated, or add it to `tables`"),
            );
        }
        if !seen.insert(&total.table) {
            found.push(
                Diagnostic::error(format!(
                    "`table` is `{}`, which has a control total already",
                    total.table
                ))
                .at(&at)
                .help("write one control total for each table"),
            );
        }
    }
}

/// Requires that the comparison is still recent when the state machine fences the source.
///
/// The comparison precedes the traffic steps and the approval.
fn validation_age(stack: &Stack, workflow: &Workflow, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let (before_cutover, _) = (stack.traffic.as_ref())
        .map(Traffic::workflow_steps)
        .unwrap_or_default();
    let soak = u64::from(workflow.step_soak.get());
    let soaks: u64 = before_cutover.iter().map(|_| soak).sum();
    let needed = soaks + u64::from(workflow.approval_timeout.get()) + STEPS_OF_CUTOVER;
    if u64::from(workflow.max_validation_age.get()) < needed {
        found.push(
            Diagnostic::error(format!(
                "`max_validation_age` is {} min; the traffic steps, the approval and the cutover take up to {needed} after the validation",
                workflow.max_validation_age
            ))
            .at(path.key("max_validation_age"))
            .help(format!(
                "write {needed} or more, or shorten `step_soak` or `approval_timeout`"
            )),
        );
    }
}
