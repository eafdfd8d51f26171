//! S3 buckets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Days, Key, Region};

/// An S3 bucket: versioned, own KMS key, TLS only, no public access.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its region. Default: the stack's first.
    pub region: Option<Region>,
    /// A bucket in another region that every object is copied to.
    pub replica: Option<BucketReplica>,
    /// What happens to objects as they age.
    #[serde(default)]
    pub lifecycle: Lifecycle,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Bucket, "bucket");

/// The copy of a bucket.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketReplica {
    /// Its region, another than the bucket's.
    pub region: Region,
}

/// What happens to objects as they age. Default: Glacier after 90 days, gone after 400 (PCI DSS 10.5.1 asks for twelve months).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[serde(default)]
pub struct Lifecycle {
    /// Days until objects move to Glacier.
    pub glacier_after: Days,
    /// Days until objects are deleted; at least 90 more (Glacier's shortest charge).
    pub expire_after: Days,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self {
            glacier_after: Days::constant::<90>(),
            expire_after: Days::constant::<400>(),
        }
    }
}
