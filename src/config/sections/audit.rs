//! The audit trail.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bucket, Ref};
use crate::newtypes::RetentionDays;

/// CloudTrail audit trail and log retention.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// The bucket of the audit trail.
    pub bucket: Ref<Bucket>,
    /// Retention of log groups, in days. Default: 400 (PCI DSS 10.5.1 requires twelve months).
    #[serde(default = "RetentionDays::pci")]
    pub log_retention: RetentionDays,
    /// A CloudTrail trail with data events. Write `absent` if the organization has one. Default: `create`.
    #[serde(default)]
    pub trail: Trail,
}

/// Presence of a CloudTrail trail.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Trail {
    /// The stack creates a trail.
    #[default]
    Create,
    /// The organization has a trail.
    Absent,
}
