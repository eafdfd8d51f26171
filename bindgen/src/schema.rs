//! The provider's schema, in the words of `terraform providers schema -json`.
//!
//! The same types read the provider's own output, in which a nested block holds the whole block
//! below it (`Block<Whole>`), and the fixture, in which it holds the label of a block that is
//! written once per type (`Block<String>`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::types::Type;

/// A resource, a data source, an ephemeral resource, or a block inside one of them.
///
/// `B` says how a nested block is held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Block<B> {
    /// Arguments and attributes, by name.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Attribute>,
    /// Nested blocks, by name.
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    pub block_types: BTreeMap<String, Nested<B>>,
    /// Whether the provider advises against it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deprecated: bool,
}

/// A block that holds the blocks below it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Whole(pub Box<Block<Self>>);

/// How a block occurs in its parent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Nested<B> {
    /// One or many.
    pub nesting_mode: NestingMode,
    /// How many there must be.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub min_items: u32,
    /// How many there may be; 0 is any number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub max_items: u32,
    /// The block itself.
    pub block: B,
}

/// How Terraform collects the blocks of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NestingMode {
    /// At most one.
    Single,
    /// In order.
    List,
    /// Without order.
    Set,
}

/// An argument, an attribute, or both.
#[expect(
    clippy::struct_excessive_bools,
    reason = "Terraform's own vocabulary, one flag a property"
)]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attribute {
    /// Terraform's type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Must be given.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// May be given.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// The provider answers it (where it may be given: when it is not).
    #[serde(default, skip_serializing_if = "is_false")]
    pub computed: bool,
    /// Terraform hides it in its output.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// Goes to the provider and is kept nowhere.
    #[serde(default, skip_serializing_if = "is_false")]
    pub write_only: bool,
    /// The provider advises against it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deprecated: bool,
}

impl Attribute {
    /// Whether a configuration may give it.
    pub fn is_argument(&self) -> bool {
        self.required || self.optional
    }
}

impl<B> Nested<B> {
    /// Whether there is at most one.
    pub fn is_single(&self) -> bool {
        self.nesting_mode == NestingMode::Single || self.max_items == 1
    }

    /// Whether there is at least one.
    pub fn is_required(&self) -> bool {
        self.min_items > 0
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
