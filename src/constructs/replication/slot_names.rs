//! Names of the logical replication slots from which the CDC tasks start.

use crate::config::Replication as Config;
use crate::constructs::core::SectionRef;
use crate::naming::Names;

/// The slots of one replication of one environment: several environments may read a source. The cutover function creates
/// them by SQL, and the endpoints read them, so both take the names from here.
///
/// MySQL has no slots: there a task receives a binary log position when it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotNames {
    /// The slot on the source, which the forward task reads.
    pub forward: String,
    /// The slot on the target, which the reverse task reads.
    pub reverse: String,
}

impl SlotNames {
    /// The limit of PostgreSQL, `NAMEDATALEN` - 1.
    pub const MAX_LENGTH: usize = 63;

    /// Derives the names from the section's physical name, so that a renamed section keeps its slots.
    pub fn new(section: SectionRef<'_, Config>, names: &Names) -> Self {
        Self::from_scope(&names.environment_scope(section.physical_name_key()))
    }

    fn from_scope(scope: &str) -> Self {
        // PostgreSQL allows lower-case letters, digits and underscores; a key has hyphens in addition.
        let scope = scope.replace('-', "_");
        Self {
            forward: format!("paymig_{scope}_fwd"),
            reverse: format!("paymig_{scope}_rev"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slot_names_have_characters_that_postgresql_allows() {
        let slots = SlotNames::from_scope("card-data-aws-production-abc123");
        assert_eq!(slots.forward, "paymig_card_data_aws_production_abc123_fwd");
        assert_eq!(slots.reverse, "paymig_card_data_aws_production_abc123_rev");
    }
}
