//! The databases in which the old side and the new side book payments.

use crate::config::sections::Stack;
use crate::newtypes::Key;

impl Stack {
    /// Whether a replication fills the database.
    pub fn is_replicated(&self, database: &Key) -> bool {
        let mut replications = self.replication.iter();
        replications.any(|(_, replication)| replication.target.name() == database)
    }
}
