//! Terraform plans as data: actions by address.

use std::collections::BTreeMap;

use anyhow::bail;
use serde::Deserialize;

/// A planned action on one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// Creates it.
    Create,
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
    /// Parses the output of `terraform plan -json`.
    ///
    /// # Errors
    /// If it has an unknown action.
    pub(crate) fn parse(output: &[u8]) -> anyhow::Result<Self> {
        let mut changes = BTreeMap::new();
        for message in messages(output) {
            if let Message::PlannedChange { change } = message {
                let actions = actions(&change.action)?;
                if !actions.is_empty() {
                    changes.insert(change.resource.addr, actions);
                }
            }
        }
        Ok(Self { changes })
    }

    /// Returns the errors in the output of `terraform plan -json`, each with its summary, its detail and the address.
    pub(crate) fn errors(output: &[u8]) -> String {
        let errors = messages(output).filter_map(|message| match message {
            Message::Diagnostic { diagnostic } if diagnostic.severity == "error" => Some(format!(
                "Error: {}\n{}\nwith {}",
                diagnostic.summary,
                diagnostic.detail,
                diagnostic.address.as_deref().unwrap_or("no address")
            )),
            _ => None,
        });
        errors.collect::<Vec<_>>().join("\n")
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

/// One line of the output of `terraform plan -json`.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Message {
    PlannedChange {
        change: Change,
    },
    Diagnostic {
        diagnostic: Diagnostic,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Change {
    resource: Resource,
    action: String,
}

#[derive(Deserialize)]
struct Resource {
    addr: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: String,
    summary: String,
    #[serde(default)]
    detail: String,
    address: Option<String>,
}

/// The actions with this name in the output of `terraform plan -json`; none for a change of an address or of nothing.
fn actions(name: &str) -> anyhow::Result<Vec<Action>> {
    Ok(match name {
        "noop" | "read" | "move" => Vec::new(),
        "create" => vec![Action::Create],
        "update" => vec![Action::Update],
        "delete" => vec![Action::Delete],
        "replace" => vec![Action::Delete, Action::Create],
        "remove" | "forget" => vec![Action::Forget],
        other => bail!("terraform plans the unknown action {other}"),
    })
}

fn messages(output: &[u8]) -> impl Iterator<Item = Message> {
    let lines = output.split(|byte| *byte == b'\n');
    lines.filter_map(|line| serde_json::from_slice(line).ok())
}
