//! Web ACLs.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Key, RequestLimit};

/// A web ACL.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waf {
    /// Rate limit of one IP address.
    pub rate_limit: Option<RateLimit>,
    /// Rule groups that AWS manages.
    #[serde(default)]
    pub managed: BTreeSet<ManagedRules>,
    /// Action on a request that matches one of these groups. Default: `block`.
    #[serde(default)]
    pub managed_action: ManagedAction,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Waf, "waf");

/// Rate limit of one IP address. AWS WAF counts approximately, with a delay of about ten seconds.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests in a window.
    pub requests: RequestLimit,
    /// The window. Default: `1m`.
    #[serde(default)]
    pub window: Window,
}

/// Evaluation window of a rate limit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Window {
    /// One minute.
    #[default]
    #[serde(rename = "1m")]
    Minute,
    /// Two minutes.
    #[serde(rename = "2m")]
    TwoMinutes,
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
    /// Ten minutes.
    #[serde(rename = "10m")]
    TenMinutes,
}

impl Window {
    /// Its length in seconds.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Minute => 60,
            Self::TwoMinutes => 120,
            Self::FiveMinutes => 300,
            Self::TenMinutes => 600,
        }
    }
}

/// Action on a request that matches a managed rule group.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum ManagedAction {
    /// The caller receives 403 (PCI DSS 6.4.2).
    #[default]
    Block,
    /// The request is counted and forwarded, such as during the first traffic steps, to find callers that would be blocked.
    Count,
}

/// A rule group that AWS manages.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ManagedRules {
    /// Common rules: `AWSManagedRulesCommonRuleSet`.
    Common,
    /// SQL injection: `AWSManagedRulesSQLiRuleSet`.
    SqlInjection,
    /// Known bad inputs: `AWSManagedRulesKnownBadInputsRuleSet`.
    KnownBadInputs,
    /// IP reputation list: `AWSManagedRulesAmazonIpReputationList`.
    IpReputation,
}

impl ManagedRules {
    /// The name of the group in AWS.
    pub fn group(self) -> &'static str {
        match self {
            Self::Common => "AWSManagedRulesCommonRuleSet",
            Self::SqlInjection => "AWSManagedRulesSQLiRuleSet",
            Self::KnownBadInputs => "AWSManagedRulesKnownBadInputsRuleSet",
            Self::IpReputation => "AWSManagedRulesAmazonIpReputationList",
        }
    }
}
