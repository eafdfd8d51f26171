//! Conditions of a plan that one component states and another one's resources carry.

use crate::terraform::tree::{Declared, Managed, Value};

/// A condition without which a plan fails.
#[derive(Clone, Debug)]
pub struct PlanCondition {
    /// The condition.
    pub condition: Value<bool>,
    /// The message of a plan that fails.
    pub error_message: Value<String>,
}

impl PlanCondition {
    /// Adds the condition to a resource, so that an apply of this resource alone evaluates it too.
    pub fn require<K: Managed>(&self, element: Declared<K>) -> Declared<K> {
        element.precondition(self.condition.clone(), self.error_message.clone())
    }
}
