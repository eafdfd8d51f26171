//! DynamoDB tables.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Key, Region};

/// A DynamoDB table with on-demand capacity, a KMS key and point-in-time recovery.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Attributes of the keys with their types. Other attributes need no declaration.
    pub attributes: BTreeMap<String, AttributeType>,
    /// The partition key.
    pub hash_key: String,
    /// The sort key.
    pub range_key: Option<String>,
    /// Its global secondary indexes.
    #[serde(default)]
    pub indexes: BTreeMap<Key, Index>,
    /// The TTL attribute: the expiry of an item as a number, in seconds since 1970.
    pub ttl: Option<String>,
    /// Other regions with a replica.
    #[serde(default)]
    pub replicas: Vec<Region>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Table, "table");

/// The type of an attribute.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeType {
    /// Text.
    String,
    /// A number.
    Number,
    /// Bytes.
    Binary,
}

/// A global secondary index. It projects all attributes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Its partition key.
    pub hash_key: String,
    /// Its sort key.
    pub range_key: Option<String>,
}
