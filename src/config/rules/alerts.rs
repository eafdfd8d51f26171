//! Whom to tell: every subject has something to tell, and what pages reaches somebody.

use crate::config::{AlertCategory, BudgetResource, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, alerts) in stack.alerts.with_key_paths() {
        if alerts.categories == AlertCategory::all() {
            continue; // the default: everything that there is
        }
        for (index, about) in alerts.categories.iter().enumerate() {
            if let Some(lack) = lack(stack, *about) {
                found.push(
                    Diagnostic::warning(format!("nothing is ever told about `{about}`"))
                        .at(path.key("categories").index(index))
                        .help(lack),
                );
            }
        }
    }
    let is_told = |about| {
        let mut all = stack.alerts.iter();
        all.any(|(_, alerts)| alerts.categories.contains(&about))
    };
    if creates_budget(stack) && !is_told(AlertCategory::Cost) {
        found.push(
            Diagnostic::error("nobody is told about `cost`")
                .at(KeyPath::root().key("budget").key("aws_budget"))
                .help("add `cost` to `categories` of an [alerts.…]"),
        );
    }
}

/// What a stack would need to have something to tell about a subject.
fn lack(stack: &Stack, about: AlertCategory) -> Option<&'static str> {
    let (tells, needs) = match about {
        AlertCategory::Migration => (
            !stack.workflow.is_empty() || !stack.runbook.is_empty(),
            "a [workflow.…] or [runbook.…] would",
        ),
        AlertCategory::Replication => (
            !stack.replication.is_empty() || !stack.database.is_empty(),
            "a [replication.…] or a database with a replica would",
        ),
        AlertCategory::FailedTransactions | AlertCategory::SystemErrors => (
            !stack.function.is_empty()
                || !stack.balancer.is_empty()
                || !stack.api.is_empty()
                || !stack.database.is_empty(),
            "a [function.…], [balancer.…], [api.…] or [database.…] would",
        ),
        AlertCategory::Security => (
            !stack.database.is_empty() || !stack.api.is_empty() || stack.audit.is_some(),
            "rotated credentials or an [audit] would",
        ),
        AlertCategory::Cost => (
            creates_budget(stack),
            "`[budget]` with `aws_budget = \"create\"` would",
        ),
    };
    (!tells).then_some(needs)
}

fn creates_budget(stack: &Stack) -> bool {
    let budget = stack.budget.as_ref();
    budget.is_some_and(|budget| budget.aws_budget == BudgetResource::Create)
}
