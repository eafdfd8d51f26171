//! What an AWS account has once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an AWS account has once: created only when asked, since two stacks would fight over it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(Default)]
#[serde(default)]
pub struct Account {
    /// The IAM roles that DMS demands by name: `dms-vpc-role`, `dms-cloudwatch-logs-role`. Default: `exists`.
    pub dms_roles: AccountResource,
    /// API Gateway's role for writing logs. Without it APIs have no access logs.
    pub api_gateway: Option<AccountResource>,
    /// GuardDuty's detector.
    pub guard_duty: Option<AccountResource>,
    /// AWS Config's recorder.
    pub config: Option<AccountResource>,
}

/// Where something comes from that an account has once.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum AccountResource {
    /// It exists already; its absence fails the plan.
    #[default]
    Exists,
    /// The environment `bootstrap` creates it.
    Create,
}
