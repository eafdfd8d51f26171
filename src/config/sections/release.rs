//! Releases: blue and green versions of services.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Function, Ref, Service, section};
use crate::newtypes::{FunctionVersion, Key, Percent};

/// Two versions of one service beside each other: not to be mixed with `[traffic]`, which weighs the old system and the new.
///
/// Both run, each with its least tasks or warm executions at least, whatever share it has: so a switch is
/// a weight, forth and back. The colors take turns. A release is two applies: first the version of the
/// color without requests, then, once that is tested, `green_percent` in steps; in one apply the new
/// version would get requests before it is healthy.
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
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
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

impl Versions {
    /// The version of a color.
    pub fn of(&self, color: Color) -> FunctionVersion {
        match color {
            Color::Blue => self.blue,
            Color::Green => self.green,
        }
    }
}

/// One of the two versions of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Color {
    /// The first.
    Blue,
    /// The second.
    Green,
}

impl Color {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Blue, Self::Green];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Green => "green",
        }
    }
}

/// What a version is called: `payments`, `payments-blue`.
pub fn name_with_color(name: &str, color: Option<Color>) -> String {
    match color {
        None => name.to_owned(),
        Some(color) => format!("{name}-{}", color.as_str()),
    }
}

impl Release {
    /// What a color runs.
    pub fn version(&self, color: Color) -> &str {
        match color {
            Color::Blue => &self.blue,
            Color::Green => &self.green,
        }
    }

    /// The color that most requests go to.
    pub fn most_traffic_color(&self) -> Color {
        if self.green_percent > self.green_percent.rest() {
            Color::Green
        } else {
            Color::Blue
        }
    }
}

fn nothing() -> Percent {
    Percent::NONE
}
