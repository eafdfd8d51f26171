//! Releases: blue and green versions of services.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Ref, Service, section};
use crate::quantity::{Key, Percent};

/// Two versions of one service beside each other: not to be mixed with `[traffic]`, which weighs the old system and the new.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The services that are released together.
    pub services: Vec<Ref<Service>>,
    /// The version that runs: an image tag, or a function's version number or `latest`.
    pub blue: String,
    /// The version that takes over.
    pub green: String,
    /// The share of requests on green, in percent. Default: 0.
    #[serde(default = "nothing")]
    pub green_percent: Percent,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Release, "release");

fn nothing() -> Percent {
    Percent::NONE
}
