//! The account, Terraform's state, and what is waived.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::quantity::{EnvironmentName, Key, Timestamp};

/// What an AWS account has once: created only when asked, since two stacks would fight over it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(Default)]
#[serde(default)]
pub struct Account {
    /// The IAM roles that DMS demands by name: `dms-vpc-role`, `dms-cloudwatch-logs-role`. Default: `exists`.
    pub dms_roles: Singleton,
    /// API Gateway's role for writing logs. Without it APIs have no access logs.
    pub api_gateway: Option<Singleton>,
    /// GuardDuty's detector.
    pub guard_duty: Option<Singleton>,
    /// AWS Config's recorder.
    pub config: Option<Singleton>,
}

/// Where something comes from that an account has once.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Singleton {
    /// It exists already; its absence fails the plan.
    #[default]
    Exists,
    /// The environment `bootstrap` creates it.
    Create,
}

/// Where Terraform keeps its state.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(Default)]
#[serde(default)]
pub struct State {
    /// Default: `local`.
    pub backend: Backend,
    /// Environments whose outputs this one reads; planning fails until they have been applied.
    pub reads: Vec<EnvironmentName>,
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
