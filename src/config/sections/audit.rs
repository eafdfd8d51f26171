//! The audit trail.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bucket, Ref};
use crate::newtypes::RetentionDays;

/// The audit trail.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// The bucket that keeps it.
    pub bucket: Ref<Bucket>,
    /// Days that log groups are kept. Default: 400 (PCI DSS 10.5.1 asks for twelve months).
    #[serde(default = "RetentionDays::pci")]
    pub log_retention: RetentionDays,
    /// A CloudTrail of this stack with data events. Default: `create`; `absent` where the organisation has one.
    #[serde(default)]
    pub trail: Trail,
}

/// Whether the stack has a CloudTrail of its own.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Trail {
    /// It creates one.
    #[default]
    Create,
    /// The organisation has one.
    Absent,
}
