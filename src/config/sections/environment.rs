//! Environments: each has its own Terraform state, names, sizes and protection.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::newtypes::{Cidr, Percent, Phased};

/// Phase of a migration.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Foundations and data stores as a pilot light. All traffic is on the old system.
    Legacy,
    /// Both systems run, with replication, workflow and weighted traffic.
    Migration,
    /// Without replication and old system. All traffic is on the new system.
    Production,
}

impl Phase {
    /// Every phase, in the order of a migration.
    pub const ALL: [Self; 3] = [Self::Legacy, Self::Migration, Self::Production];

    /// The phase of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == name)
    }

    /// The name in stack files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Migration => "migration",
            Self::Production => "production",
        }
    }

    /// The only traffic weight of the phase: one side receives all requests. `None` if the weight can be chosen.
    pub fn fixed_traffic(self) -> Option<Percent> {
        match self {
            Self::Legacy => Some(Percent::NONE),
            Self::Migration => None,
            Self::Production => Some(Percent::ALL),
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<T> Phased<T> {
    /// The value in a phase.
    pub fn in_phase(&self, phase: Phase) -> &T {
        match phase {
            Phase::Legacy => &self.pilot,
            Phase::Migration | Phase::Production => &self.full,
        }
    }
}

/// Protection of stateful resources from `terraform destroy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// `prevent_destroy`, deletion protection and final snapshots.
    Protected,
    /// Resources can be destroyed.
    #[default]
    Destroyable,
}

/// One environment.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Phase of the environment, unless `--phase` overrides it.
    pub phase: Phase,
    /// Traffic weight of the new side in phase `migration`, in percent: one of `traffic.steps`, unless `--traffic`
    /// overrides it. Default: the first step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Percent>,
    /// `protected` prevents the destruction of stateful resources. Default: `destroyable`.
    #[serde(default)]
    pub protection: Protection,
    /// Block that the networks of this environment lie in. It replaces the first bits of their blocks and of the blocks
    /// of their tiers. Environments that one datacenter or one existing VPC routes to need blocks that do not overlap.
    pub supernet: Option<Cidr>,
    /// Removals: paths of sections, such as `["waf.edge"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Overrides: tables that are merged into the file for this environment.
    #[serde(default, skip_serializing)]
    pub with: Overlay,
}

/// Overrides of one environment, which the loader merges before it deserializes the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlay;

impl<'de> Deserialize<'de> for Overlay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::<String, serde::de::IgnoredAny>::deserialize(deserializer).map(|_| Self)
    }
}

impl Serialize for Overlay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(std::iter::empty::<((), ())>())
    }
}

impl JsonSchema for Overlay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Overlay".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}
