//! Terraform state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::newtypes::EnvironmentName;

/// Terraform state.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(Default)]
#[serde(default)]
pub struct State {
    /// The backend: `local` or `s3`. Default: `local`.
    pub backend: Backend,
    /// Environments whose outputs the others repeat with a prefix, such as `legacy_vpc_id`. Requires `s3`. A plan fails until
    /// those environments are applied.
    pub remote_states: Vec<EnvironmentName>,
}

/// Backend of the Terraform state.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Backend {
    /// A local file.
    #[default]
    Local,
    /// A versioned bucket and a lock table, created by the environment `bootstrap`.
    S3,
}
