//! Terraform plans as data: actions by address.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;

/// A planned action on one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// No change.
    NoOp,
    /// Creates it.
    Create,
    /// Reads a data source.
    Read,
    /// Changes it in place.
    Update,
    /// Destroys it. Together with `Create`, it is a replacement.
    Delete,
    /// Removes it from the state only.
    Forget,
}

/// The actions of a plan by resource address, without those that change nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    changes: BTreeMap<String, Vec<Action>>,
}

impl Plan {
    /// Parses the output of `terraform show -json` for a saved plan.
    ///
    /// # Errors
    /// If it is another JSON.
    pub(crate) fn parse(json: &[u8]) -> anyhow::Result<Self> {
        let shown: ShownPlan = serde_json::from_slice(json).context("not a plan")?;
        let changes = shown
            .resource_changes
            .into_iter()
            .map(|resource| (resource.address, resource.change.actions))
            .filter(|(_, actions)| !matches!(actions.as_slice(), [Action::NoOp | Action::Read]))
            .collect();
        Ok(Self { changes })
    }

    /// Whether the plan changes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The actions by address. A replacement has two.
    pub(crate) fn changes(&self) -> &BTreeMap<String, Vec<Action>> {
        &self.changes
    }

    /// The addresses that the plan changes in place.
    pub(crate) fn updated(&self) -> impl Iterator<Item = &str> {
        self.changes
            .iter()
            .filter(|(_, actions)| actions.as_slice() == [Action::Update])
            .map(|(address, _)| address.as_str())
    }

    /// The addresses that the plan destroys, replaces or forgets.
    pub(crate) fn lost(&self) -> impl Iterator<Item = &str> {
        self.changes
            .iter()
            .filter(|(_, actions)| {
                actions
                    .iter()
                    .any(|action| matches!(action, Action::Delete | Action::Forget))
            })
            .map(|(address, _)| address.as_str())
    }
}

#[derive(Deserialize)]
struct ShownPlan {
    #[serde(default)]
    resource_changes: Vec<ResourceChange>,
}

#[derive(Deserialize)]
struct ResourceChange {
    address: String,
    change: Change,
}

#[derive(Deserialize)]
struct Change {
    actions: Vec<Action>,
}
