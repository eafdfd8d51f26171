//! Alert categories: each one has a source in the stack, and the budget has a topic.

use crate::config::{AlertCategory, BudgetResource, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, alerts) in stack.alerts.with_key_paths() {
        if alerts.categories == AlertCategory::all() {
            continue; // the default
        }
        for (index, category) in alerts.categories.iter().enumerate() {
            if let Some(help) = missing_source(stack, *category) {
                found.push(
                    Diagnostic::warning(format!(
                        "`categories` contains `{category}`, but no section of this stack sends such alerts"
                    ))
                    .at(path.key("categories").index(index))
                    .help(help),
                );
            }
        }
    }
    let has_topic = |category| {
        let mut all = stack.alerts.iter();
        all.any(|(_, alerts)| alerts.categories.contains(&category))
    };
    if creates_budget(stack) && !has_topic(AlertCategory::Cost) {
        found.push(
            Diagnostic::error("`aws_budget` is `create`, but no [alerts.…] has category `cost`")
                .at(KeyPath::root().key("budget").key("aws_budget"))
                .help("add `cost` to `categories` of an [alerts.…]"),
        );
    }
}

/// Help that names the sections that send alerts of a category. None if the stack has one.
fn missing_source(stack: &Stack, category: AlertCategory) -> Option<&'static str> {
    let (has_source, help) = match category {
        AlertCategory::Migration => (
            !stack.workflow.is_empty() || !stack.runbook.is_empty(),
            "add a [workflow.…] or a [runbook.…], or remove the category",
        ),
        AlertCategory::Replication => (
            !stack.replication.is_empty() || !stack.database.is_empty(),
            "add a [replication.…] or a [database.…], or remove the category",
        ),
        AlertCategory::FailedTransactions | AlertCategory::SystemErrors => (
            !stack.function.is_empty()
                || !stack.balancer.is_empty()
                || !stack.api.is_empty()
                || !stack.database.is_empty(),
            "add a [function.…], [balancer.…], [api.…] or [database.…], or remove the category",
        ),
        AlertCategory::Security => (
            !stack.database.is_empty() || !stack.api.is_empty() || stack.audit.is_some(),
            "add a [database.…], an [api.…] or [audit], or remove the category",
        ),
        AlertCategory::Cost => (
            creates_budget(stack),
            "write `aws_budget = \"create\"` in [budget], or remove the category",
        ),
    };
    (!has_source).then_some(help)
}

fn creates_budget(stack: &Stack) -> bool {
    let budget = stack.budget.as_ref();
    budget.is_some_and(|budget| budget.aws_budget == BudgetResource::Create)
}
