//! The databases in which the old side and the new side book payments.

use crate::config::sections::Stack;
use crate::newtypes::Key;

impl Stack {
    /// Whether a replication fills the database.
    pub fn is_replicated(&self, database: &Key) -> bool {
        let mut replications = self.replication.iter();
        replications.any(|(_, replication)| replication.target.name() == database)
    }

    /// Whether the old side and the new side book payments in databases of their own, each with its own idempotency keys.
    pub fn has_separate_ledgers(&self) -> bool {
        self.traffic.is_some() && !self.database.is_empty() && self.replication.is_empty()
    }
}
