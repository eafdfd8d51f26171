//! The size of a database's components in each phase.

use crate::newtypes::Phased;

/// The capacity of components that have two sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// Pilot light: enough to exist and to receive replicated changes.
    Pilot,
    /// Enough for all payments.
    Full,
}

impl Capacity {
    /// The size for this capacity.
    pub fn of<T>(self, size: &Phased<T>) -> &T {
        match self {
            Self::Pilot => &size.pilot,
            Self::Full => &size.full,
        }
    }
}
