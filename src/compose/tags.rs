//! The tags whose values change during the migration.

/// The phase in which the environment was applied.
pub(super) const PHASE_TAG: &str = "MigrationPhase";

/// The planned time of the cutover.
pub(super) const CUTOVER_TIME_TAG: &str = "CutoverTimestamp";
