//! Releases: blue and green versions of services.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Function, Ref, Service, section};
use crate::newtypes::{FunctionVersion, Key, Percent};

/// A blue and a green version of services. It is independent of `[traffic]`, which splits between old and new system.
///
/// Both versions run with their minimum capacity at any percentage, so a switch only changes weights. A release takes two
/// applies: first the new version of the color without requests, then `green_percent` in steps. In one apply the new
/// version would receive requests before it is healthy.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The services that are released together.
    pub services: Vec<Ref<Service>>,
    /// The blue version: an image tag, or of a function the number of a version, `current` or `latest`. A color with
    /// requests cannot be `latest`: an upload would move them to new code.
    pub blue: String,
    /// The green version.
    pub green: String,
    /// Percentage of requests on green. Default: 0.
    #[serde(default = "nothing")]
    pub green_percent: Percent,
    /// Revision of the release, in the description of its functions. Increase it with each new code: every function of
    /// the pipeline then gets a new version, also one whose code is unchanged. Default: 1.
    #[serde(default = "first_revision")]
    pub revision: u32,
    /// Versions of single functions that differ from `blue` and `green`. Each function numbers its versions separately.
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
    /// The blue version.
    pub blue: FunctionVersion,
    /// The green version.
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

/// Appends a color to a name: `payments-blue`.
pub fn name_with_color(name: &str, color: Option<Color>) -> String {
    match color {
        None => name.to_owned(),
        Some(color) => format!("{name}-{}", color.as_str()),
    }
}

impl Release {
    /// The version of a color.
    pub fn version(&self, color: Color) -> &str {
        match color {
            Color::Blue => &self.blue,
            Color::Green => &self.green,
        }
    }

    /// Percentage of requests on a color.
    pub fn percent(&self, color: Color) -> Percent {
        match color {
            Color::Blue => self.green_percent.rest(),
            Color::Green => self.green_percent,
        }
    }

    /// The color that receives most traffic.
    pub fn most_traffic_color(&self) -> Color {
        if self.green_percent > self.green_percent.rest() {
            Color::Green
        } else {
            Color::Blue
        }
    }
}

fn first_revision() -> u32 {
    1
}

fn nothing() -> Percent {
    Percent::NONE
}
