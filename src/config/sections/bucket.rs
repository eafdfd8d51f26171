//! S3 buckets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Days, Key, Region};

/// An S3 bucket with versioning, a KMS key, TLS only and no public access.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its region. Default: the first of `regions`.
    pub region: Option<Region>,
    /// A replica in another region.
    pub replica: Option<BucketReplica>,
    /// Lifecycle of its objects.
    #[serde(default)]
    pub lifecycle: Lifecycle,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Bucket, "bucket");

/// Replica of a bucket.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketReplica {
    /// Its region, which must differ from the bucket's.
    pub region: Region,
}

/// Lifecycle of objects. Default: Glacier after 90 days, deletion after 400 (PCI DSS 10.5.1 requires twelve months).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[serde(default)]
pub struct Lifecycle {
    /// Days until objects move to Glacier. Default: 90, but never in the bucket of `checkpoints`, which functions read.
    pub glacier_after: Option<Days>,
    /// Days until objects are deleted, at least 90 more than `glacier_after`: Glacier charges for 90 days.
    pub expire_after: Days,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self {
            glacier_after: None,
            expire_after: Days::constant::<400>(),
        }
    }
}
