//! One of the two sizes of a database. Which phase has which: `compose/phase.rs`.

use crate::newtypes::Phased;

/// One of the two sizes that a database has in the course of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseSize {
    /// Pilot light: enough to exist and to receive replicated changes.
    Pilot,
    /// Enough for all payments.
    Full,
}

impl DatabaseSize {
    /// The value for this size.
    pub fn of<T>(self, size: &Phased<T>) -> &T {
        match self {
            Self::Pilot => &size.pilot,
            Self::Full => &size.full,
        }
    }
}
