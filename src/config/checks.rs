//! Validation before and after the migration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Network, Ref, Replication, section};
use crate::quantity::Key;

/// Validation of source and target before and after the migration.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// What they compare.
    pub replications: Vec<Ref<Replication>>,
    /// The network of the validation function.
    pub network: Ref<Network>,
    /// What calls them. Default: `runbook`.
    #[serde(default)]
    pub by: CheckedBy,
    /// Whether the next apply runs them; before replication runs they cannot succeed. Default: `skip`.
    #[serde(default)]
    pub run_validation: RunValidation,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Checks, "checks");

/// What calls the checks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum CheckedBy {
    /// An operator, by the runbook.
    #[default]
    Runbook,
    /// A CloudFormation custom resource, in an apply.
    CustomResource,
}

/// Whether an apply runs the checks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum RunValidation {
    /// Nothing is run.
    #[default]
    Skip,
    /// The checks before the migration.
    Pre,
    /// The checks after the migration.
    Post,
}
