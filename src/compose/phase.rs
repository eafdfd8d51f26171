//! What the phase decides: the size of databases, and whether payment code, replication and migration run.

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

/// Whether both systems run, so that the migration can. Its functions exist in this phase only.
pub(crate) fn runs_migration(phase: Phase) -> bool {
    migration_unavailable(phase).is_none()
}

/// The reason why the migration cannot run, with the remedy. None if it can.
pub(crate) fn migration_unavailable(phase: Phase) -> Option<&'static str> {
    match phase {
        Phase::Legacy => Some(
            "The environment is in phase `legacy`. Apply phase `migration`, then start a new execution.",
        ),
        Phase::Migration => None,
        Phase::Production => Some(
            "The environment is in phase `production`: the migration has ended, and a rollback would lose writes. To migrate again, apply phase `migration`, then start a new execution.",
        ),
    }
}

/// The part of a replication that exists. It runs while both systems run.
pub(crate) fn replication_footprint(phase: Phase) -> Footprint {
    if runs_migration(phase) {
        Footprint::Full
    } else {
        Footprint::Persistent
    }
}
