//! Findings that are accepted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Key, Timestamp};

/// A finding of `paymig check` that is accepted, with its reason.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The rule.
    pub rule: String,
    /// The resources, by construct path; `*` stands for anything. Default: all.
    #[serde(default = "Waiver::everything")]
    pub resources: String,
    /// Why it is accepted; assessors read this.
    pub reason: String,
    /// When it ends, for the reader; paymig has no clock.
    pub until: Option<Timestamp>,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Waiver, "waivers");

impl Waiver {
    fn everything() -> String {
        "*".to_owned()
    }
}
