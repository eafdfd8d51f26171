//! What the phase decides: the size of databases, and whether payment code and replication run.

use crate::config::Phase;
use crate::constructs::data::database::DatabaseSize;
use crate::constructs::replication::Footprint;

/// The size of databases.
pub(crate) fn database_size(phase: Phase) -> DatabaseSize {
    match phase {
        Phase::Legacy => DatabaseSize::Pilot,
        Phase::Migration | Phase::Production => DatabaseSize::Full,
    }
}

/// Whether payment code runs on AWS.
pub(crate) fn runs_payment_code(phase: Phase) -> bool {
    phase != Phase::Legacy
}

/// The part of a replication that exists. It runs while both systems run.
pub(crate) fn replication_footprint(phase: Phase) -> Footprint {
    match phase {
        Phase::Migration => Footprint::Full,
        Phase::Legacy | Phase::Production => Footprint::Persistent,
    }
}
