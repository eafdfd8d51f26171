//! Where Terraform keeps its state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::newtypes::EnvironmentName;

/// Where Terraform keeps its state.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(Default)]
#[serde(default)]
pub struct State {
    /// Default: `local`.
    pub backend: Backend,
    /// Environments whose outputs the others read from the bucket, and tell under the environment's name:
    /// `legacy_vpc_id`. Planning fails until they have been applied.
    pub remote_states: Vec<EnvironmentName>,
}

/// Where Terraform keeps its state.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Backend {
    /// A file beside the document.
    #[default]
    Local,
    /// A versioned bucket and a lock table, created by the environment `bootstrap`.
    S3,
}
