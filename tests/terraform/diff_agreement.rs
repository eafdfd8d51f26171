//! The plans of Terraform are those that `paymig diff` derives without Terraform.

use anyhow::ensure;
use paymig::diff::{self, Certainty, Configuration, ResourceChange, effect_table};

use crate::agreement::{PlannedAction, PlannedActions, disagreements};
use crate::support::plan::{Action, Plan};

/// Fails unless `plan`, which changes what `before` applied into `after`, has the actions that the diff derives.
///
/// Returns the number of actions.
pub(crate) fn ensure_agrees(before: &str, after: &str, plan: &Plan) -> anyhow::Result<usize> {
    let [from, to] = [before, after].map(|text| Configuration::parse(text.as_bytes()));
    let derived = diff::plan(&from?, &to?, effect_table());
    let planned: PlannedActions = plan
        .changes()
        .iter()
        .map(|(address, actions)| (address.clone(), planned_action(actions)))
        .collect();
    let depends = |change: &ResourceChange| change.certainty != Certainty::Certain;
    let wrong = disagreements(&planned, &derived, depends);
    ensure!(
        wrong.is_empty(),
        "the diff is not the plan:\n{}",
        wrong.join("\n")
    );
    Ok(planned.len())
}

fn planned_action(actions: &[Action]) -> PlannedAction {
    let action = match actions {
        [Action::Create] => "create",
        [Action::Update] => "update",
        [Action::Delete] => "destroy",
        [Action::Forget] => "forget",
        _ => "replace",
    };
    PlannedAction {
        action,
        arguments: Vec::new(),
    }
}
