//! The databases in which the old side and the new side book payments.

use crate::config::sections::{Code, Function, PaymentProgram, Stack};
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

    /// The functions that exchange idempotency keys with the old side: those that book payments in a ledger of their own.
    pub fn ledger_functions(&self) -> impl Iterator<Item = (&Key, &Function)> {
        let booking = Code::Program(PaymentProgram::TransactionProcessing);
        let functions = self.function.iter();
        let booking = functions.filter(move |(_, function)| function.code == booking);
        booking.filter(|_| self.has_separate_ledgers())
    }
}
