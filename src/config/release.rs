//! Releases: blue and green versions of services.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Function, Ref, Service, section};
use crate::quantity::{FunctionVersion, Key, Percent};

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
    /// Versions of single functions of a pipeline, where `blue` and `green` are not theirs: each function
    /// numbers its versions itself.
    #[serde(default)]
    pub versions: BTreeMap<Ref<Function>, Versions>,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Release, "release");

/// The two versions of one function.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// The version that runs.
    pub blue: FunctionVersion,
    /// The version that takes over.
    pub green: FunctionVersion,
}

fn nothing() -> Percent {
    Percent::NONE
}
