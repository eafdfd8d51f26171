//! Resources that exist once in an AWS account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Resources that exist once in an AWS account. They are created only on request: two stacks would overwrite each other.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(Default)]
#[serde(default)]
pub struct Account {
    /// The IAM roles `dms-vpc-role` and `dms-cloudwatch-logs-role`, which DMS requires. Default: `exists`.
    pub dms_roles: AccountResource,
    /// The role with which API Gateway writes access logs. Without it APIs have no access logs.
    pub api_gateway: Option<AccountResource>,
    /// The GuardDuty detector.
    pub guard_duty: Option<AccountResource>,
    /// The AWS Config recorder.
    pub config: Option<AccountResource>,
}

/// Origin of an account resource.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum AccountResource {
    /// It exists already. The plan fails if it does not.
    #[default]
    Exists,
    /// The environment `bootstrap` creates it.
    Create,
}
