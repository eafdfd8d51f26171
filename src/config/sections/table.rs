//! DynamoDB tables.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Key, Region};

/// A DynamoDB table: on-demand capacity, own KMS key, point-in-time recovery.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The attributes that its keys use, and no others.
    pub attributes: BTreeMap<String, AttributeType>,
    /// The partition key.
    pub hash_key: String,
    /// The sort key.
    pub range_key: Option<String>,
    /// Its global secondary indexes.
    #[serde(default)]
    pub indexes: BTreeMap<Key, Index>,
    /// The attribute that says when an item expires (seconds since 1970).
    pub ttl: Option<String>,
    /// Other regions that hold a copy.
    #[serde(default)]
    pub replicas: Vec<Region>,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
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

/// A global secondary index; it projects all attributes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Its partition key.
    pub hash_key: String,
    /// Its sort key.
    pub range_key: Option<String>,
}
