//! The agreement of a diff with planned actions.

use std::collections::{BTreeMap, BTreeSet};

use paymig::diff::{Action, Certainty, Plan, ResourceChange};

/// The planned actions by address.
pub(crate) type PlannedActions = BTreeMap<String, PlannedAction>;

/// A planned action.
#[derive(Clone, Debug)]
pub(crate) struct PlannedAction {
    /// `create`, `update`, `replace` or `destroy`.
    pub(crate) action: &'static str,
    /// The arguments that cause it, as far as the plan has them.
    pub(crate) arguments: Vec<String>,
}

/// The resources on which `diff` and the planned actions disagree, except the changes that are open, and the resources of
/// Terraform itself.
pub(crate) fn disagreements(
    planned: &PlannedActions,
    diff: &Plan,
    is_open: impl Fn(&ResourceChange) -> bool,
) -> Vec<String> {
    let (open, sure): (Vec<_>, Vec<_>) = diff.changes.iter().partition(|change| is_open(change));
    let open: BTreeSet<&str> = open.iter().map(|change| change.address.as_str()).collect();
    let derived: BTreeMap<&str, &ResourceChange> = sure
        .into_iter()
        .filter(|change| change.action != Action::Move)
        .map(|change| (change.address.as_str(), change))
        .collect();
    let addresses: BTreeSet<&str> = planned
        .keys()
        .map(String::as_str)
        .chain(derived.keys().copied())
        .filter(|address| !open.contains(address) && !address.starts_with("terraform_data."))
        .collect();
    let mut wrong = Vec::new();
    for address in addresses {
        let (planned, causes) = planned
            .get(address)
            .map_or(("nothing", &[][..]), |it| (it.action, &it.arguments[..]));
        let change = derived.get(address);
        let action = change.map_or("nothing", |change| change.action.as_str());
        let certainty = change.map_or(&Certainty::Certain, |change| &change.certainty);
        if action != planned || *certainty != Certainty::Certain {
            let arguments = change.map(|change| &change.arguments);
            wrong.push(format!(
                "{address}: planned {planned} {causes:?}, diff {action} {certainty:?} {arguments:?}"
            ));
        }
    }
    wrong
}
