//! Accepted findings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Key, Timestamp};

/// An accepted finding, with its reason. Reserved: read by no command yet.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The rule.
    pub rule: String,
    /// Construct paths of the resources, with the wildcard `*`. Default: all.
    #[serde(default = "Waiver::everything")]
    pub resources: String,
    /// Reason of the acceptance, for assessors.
    pub reason: String,
    /// End of the acceptance. It has no effect.
    pub until: Option<Timestamp>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Waiver, "waivers");

impl Waiver {
    fn everything() -> String {
        "*".to_owned()
    }
}
