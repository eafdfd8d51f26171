//! The plans of Terraform are those that `paymig diff` derives without Terraform.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use paymig::diff::{self, Action as Derived, Certainty, Configuration, effect_table};

use crate::support::plan::{Action, Plan};

/// Fails unless `plan`, which changes what `before` applied into `after`, has the actions that the diff derives.
///
/// Returns the number of actions.
pub(crate) fn ensure_agrees(before: &str, after: &str, plan: &Plan) -> anyhow::Result<usize> {
    let [from, to] = [before, after].map(|text| Configuration::parse(text.as_bytes()));
    let derived = diff::plan(&from?, &to?, effect_table());
    let planned: BTreeMap<&str, &str> = plan
        .changes()
        .iter()
        .filter(|(address, _)| !is_builtin(address))
        .map(|(address, actions)| (address.as_str(), name(actions)))
        .collect();
    let mut wrong = Vec::new();
    let mut mentioned = BTreeSet::new();
    for change in derived.changes.iter().filter(|it| !is_builtin(&it.address)) {
        let action = match change.action {
            Derived::Move => "nothing",
            other => other.as_str(),
        };
        mentioned.insert(change.address.as_str());
        let really = planned
            .get(change.address.as_str())
            .copied()
            .unwrap_or("nothing");
        if change.certainty == Certainty::Certain && really != action {
            let (address, arguments) = (&change.address, &change.arguments);
            wrong.push(format!(
                "{address}: Terraform {really}, diff {action} {arguments:?}"
            ));
        }
    }
    let unmentioned = planned
        .iter()
        .filter(|(address, _)| !mentioned.contains(*address));
    wrong.extend(
        unmentioned.map(|(address, action)| format!("{address}: Terraform {action}, diff nothing")),
    );
    ensure!(
        wrong.is_empty(),
        "the diff is not the plan:\n{}",
        wrong.join("\n")
    );
    Ok(planned.len())
}

fn is_builtin(address: &str) -> bool {
    address.starts_with("terraform_data.")
}

fn name(actions: &[Action]) -> &'static str {
    match actions {
        [Action::Create] => "create",
        [Action::Update] => "update",
        [Action::Delete] => "destroy",
        [Action::Forget] => "forget",
        _ => "replace",
    }
}
