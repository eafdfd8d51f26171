//! Meta-arguments: the arguments that Terraform reads, and no provider.

use super::node_id::NodeId;
use super::term::Term;
use super::value::Value;

/// The meta-arguments of one element, except its provider, which comes from its scope.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    pub(super) depends_on: Vec<NodeId>,
    pub(super) lifecycle: Lifecycle,
}

/// A `lifecycle` block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lifecycle {
    pub(super) create_before_destroy: bool,
    pub(super) prevent_destroy: bool,
    pub(super) ignore_changes: Vec<&'static str>,
    pub(super) replace_triggered_by: Vec<NodeId>,
    pub(super) preconditions: Vec<Condition>,
    pub(super) postconditions: Vec<Condition>,
}

/// A condition that fails a plan or an apply.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub(super) condition: Term,
    pub(super) error_message: Term,
}

impl Meta {
    /// The nodes of `depends_on`.
    pub fn depends_on(&self) -> &[NodeId] {
        &self.depends_on
    }

    /// The `lifecycle` block.
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    pub(super) fn references(&self, visit: &mut dyn FnMut(NodeId)) {
        let lifecycle = &self.lifecycle;
        self.depends_on.iter().copied().for_each(&mut *visit);
        lifecycle
            .replace_triggered_by
            .iter()
            .copied()
            .for_each(&mut *visit);
        for condition in lifecycle
            .preconditions
            .iter()
            .chain(&lifecycle.postconditions)
        {
            condition.condition.references(visit);
            condition.error_message.references(visit);
        }
    }
}

impl Lifecycle {
    /// Whether a replacement is created before the element is destroyed.
    pub fn create_before_destroy(&self) -> bool {
        self.create_before_destroy
    }

    /// Whether Terraform rejects any plan that destroys the element.
    pub fn prevent_destroy(&self) -> bool {
        self.prevent_destroy
    }

    /// Arguments whose drift Terraform ignores.
    pub fn ignore_changes(&self) -> &[&'static str] {
        &self.ignore_changes
    }

    /// Nodes whose change replaces the element.
    pub fn replace_triggered_by(&self) -> &[NodeId] {
        &self.replace_triggered_by
    }

    /// Conditions that Terraform evaluates before it plans the element.
    pub fn preconditions(&self) -> &[Condition] {
        &self.preconditions
    }

    /// Conditions that Terraform evaluates once the element is known.
    pub fn postconditions(&self) -> &[Condition] {
        &self.postconditions
    }

    /// Whether nothing was set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Condition {
    /// A condition, and the message if it is false.
    pub fn new(condition: Value<bool>, error_message: impl Into<Value<String>>) -> Self {
        Self {
            condition: condition.into_term(),
            error_message: error_message.into().into_term(),
        }
    }

    /// The condition, a boolean.
    pub fn condition(&self) -> &Term {
        &self.condition
    }

    /// The message, a text.
    pub fn error_message(&self) -> &Term {
        &self.error_message
    }
}
