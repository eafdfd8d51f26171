//! A plan as data: which actions Terraform would take on which addresses.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;

/// What Terraform would do with one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// Nothing.
    NoOp,
    /// Create it.
    Create,
    /// Read a data source.
    Read,
    /// Change it in place.
    Update,
    /// Destroy it; together with `Create` a replacement.
    Delete,
    /// Drop it from the state only.
    Forget,
}

/// The actions of a plan by resource address, without those that change nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    changes: BTreeMap<String, Vec<Action>>,
}

impl Plan {
    /// Parse `terraform show -json` of a saved plan.
    ///
    /// # Errors
    /// When it is no such document.
    pub(crate) fn parse(json: &[u8]) -> anyhow::Result<Self> {
        let document: Document = serde_json::from_slice(json).context("not a plan")?;
        let changes = document
            .resource_changes
            .into_iter()
            .map(|resource| (resource.address, resource.change.actions))
            .filter(|(_, actions)| !matches!(actions.as_slice(), [Action::NoOp | Action::Read]))
            .collect();
        Ok(Self { changes })
    }

    /// Whether nothing would change.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The actions by address; a replacement has two.
    pub(crate) fn changes(&self) -> &BTreeMap<String, Vec<Action>> {
        &self.changes
    }

    /// The addresses that would be destroyed, replaced or forgotten.
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
struct Document {
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
