//! The plan of a transition: what an apply does to each resource.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::effects::Effect;
use crate::retention::Retained;

/// The changes of a transition, by address.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The changed resources in the order of their addresses.
    pub changes: Vec<ResourceChange>,
}

/// What an apply does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is destroyed and created anew.
    Replace,
    /// It is destroyed.
    Destroy,
    /// It is changed in place.
    Update,
    /// It is created.
    Create,
    /// Its address changes, and nothing else.
    Move,
}

impl Action {
    /// The name in the JSON form of a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Destroy => "destroy",
            Self::Update => "update",
            Self::Create => "create",
            Self::Move => "move",
        }
    }
}

/// Whether an action is sure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// An apply does it.
    Certain,
    /// An apply does it, or less, depending on these unknowns.
    DependsOn(BTreeSet<String>),
}

/// The change of one resource.
#[derive(Clone, Debug)]
pub struct ResourceChange {
    /// Its address after the apply; of a destroyed resource, the one before.
    pub address: String,
    /// Its address before the apply, if that differs.
    pub former_address: Option<String>,
    /// The Terraform name of its type.
    pub type_name: String,
    /// The path of its construct: `database/payments/primary`.
    pub construct: Option<String>,
    /// What happens to it.
    pub action: Action,
    /// Whether it is sure.
    pub certainty: Certainty,
    /// The changed arguments.
    pub arguments: Vec<ArgumentChange>,
    /// The loss, if it is stateful, or external systems refer to it.
    pub retained: Option<&'static Retained>,
}

/// A changed argument of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArgumentChange {
    /// `a`, or `a.b` within the block `a`.
    pub argument: String,
    /// Its possible effects.
    pub effects: BTreeSet<Effect>,
    /// The changed attribute that it refers to: `aws_vpc.main.id`. None if its own value differs.
    pub cause: Option<String>,
    /// Whether its value is known only after the apply.
    pub is_unknown: bool,
}

impl ResourceChange {
    /// Whether the apply destroys something that no later apply restores, or may do so.
    pub fn is_unsafe(&self) -> bool {
        let destroys = matches!(self.action, Action::Replace | Action::Destroy);
        destroys && self.retained.is_some()
    }

    /// The arguments that force a replacement, or may do so.
    pub fn replacing_arguments(&self) -> impl Iterator<Item = &ArgumentChange> {
        let is_replaced = self.action == Action::Replace;
        let arguments = self.arguments.iter();
        arguments.filter(move |it| is_replaced && it.effects.contains(&Effect::Replace))
    }
}
