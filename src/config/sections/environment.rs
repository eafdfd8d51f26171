//! Environments: each has its own Terraform state, names, sizes and protection.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::newtypes::Phased;

/// Where an environment stands in the migration.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Foundations and data stores as a pilot light; all traffic on the old system.
    Legacy,
    /// The whole parallel-running system: replication, orchestration, weighted traffic.
    Migration,
    /// The migration-only parts are gone; all traffic on the new system.
    Production,
}

impl Phase {
    /// Every phase, in the order of a migration.
    pub const ALL: [Self; 3] = [Self::Legacy, Self::Migration, Self::Production];

    /// The name in stack files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Migration => "migration",
            Self::Production => "production",
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<T> Phased<T> {
    /// The size in a phase.
    pub fn in_phase(&self, phase: Phase) -> &T {
        match phase {
            Phase::Legacy => &self.pilot,
            Phase::Migration | Phase::Production => &self.full,
        }
    }
}

/// Whether `terraform destroy` may take the stateful resources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// `prevent_destroy`, deletion protection and final snapshots.
    Protected,
    /// Nothing keeps a resource.
    #[default]
    Destroyable,
}

/// One environment.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Where this environment stands when no `--phase` is given.
    pub phase: Phase,
    /// `protected`: stateful resources refuse to be destroyed. Default: `destroyable`.
    #[serde(default)]
    pub protection: Protection,
    /// Sections this environment lacks, by their paths: `["waf.edge"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// What differs in this environment: tables of the same shape as the file, laid over it.
    #[serde(default, skip_serializing)]
    pub with: Overlay,
}

/// Tables laid over the file for one environment; the loader merges them before types are read.
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
