//! Schemas of resources: what a value of one consists of.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde_json::Value as Json;

use crate::protocol::{NestingMode, SchemaBlock};
use crate::value::Value;

/// A resource, or a block within one.
#[derive(Clone, Debug)]
pub struct Block {
    /// Arguments and attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// Nested blocks by name.
    pub blocks: BTreeMap<String, NestedBlock>,
}

/// An argument, an attribute that the provider computes, or both.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the flags of the provider's own schema"
)]
pub struct Attribute {
    /// Its type.
    pub ty: Type,
    /// Whether a configuration can set it.
    pub is_argument: bool,
    /// Whether a configuration must set it.
    pub is_required: bool,
    /// Whether the provider sets it, if the configuration does not.
    pub is_computed: bool,
    /// Whether it is in no state.
    pub is_write_only: bool,
}

/// A nested block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// Its content.
    pub block: Block,
    /// How often it occurs.
    pub nesting: Nesting,
    /// Whether a configuration must have one.
    pub is_required: bool,
}

/// How blocks of one name occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most once; always there, if `Group`.
    Single,
    /// Several times in order.
    List,
    /// Several times without order.
    Set,
}

/// A Terraform type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    Text,
    /// `list(T)`
    List(Box<Self>),
    /// `set(T)`
    Set(Box<Self>),
    /// `map(T)`
    Map(Box<Self>),
    /// `object({…})`
    Object(BTreeMap<String, Self>),
}

impl NestedBlock {
    fn with_sorted_sets(&self, value: &Value) -> Value {
        match value {
            Value::List(items) => {
                let items = items.iter().map(|item| self.block.with_sorted_sets(item));
                Value::List(in_order(items.collect(), self.nesting == Nesting::Set))
            }
            one => self.block.with_sorted_sets(one),
        }
    }
}

impl Type {
    fn with_sorted_sets(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::List(item) | Self::Set(item), Value::List(items)) => {
                let items = items.iter().map(|value| item.with_sorted_sets(value));
                Value::List(in_order(items.collect(), matches!(self, Self::Set(_))))
            }
            (Self::Map(item), Value::Object(entries)) => {
                let entries = entries.iter();
                let sorted =
                    entries.map(|(key, value)| (key.clone(), item.with_sorted_sets(value)));
                Value::Object(sorted.collect())
            }
            (Self::Object(fields), Value::Object(entries)) => {
                let sorted = entries.iter().map(|(name, value)| {
                    let sorted = fields.get(name).map(|ty| ty.with_sorted_sets(value));
                    (name.clone(), sorted.unwrap_or_else(|| value.clone()))
                });
                Value::Object(sorted.collect())
            }
            _ => value.clone(),
        }
    }
}

/// The items, sorted if they are those of a set.
fn in_order(mut items: Vec<Value>, is_set: bool) -> Vec<Value> {
    if is_set {
        items.sort_by_cached_key(|item| format!("{item:?}"));
    }
    items
}

impl Block {
    pub(crate) fn parse(block: SchemaBlock) -> anyhow::Result<Self> {
        let attributes = block.attributes.into_iter().map(|attribute| {
            let json = serde_json::from_slice(&attribute.type_json)?;
            let ty = Type::parse(&json).with_context(|| attribute.name.clone())?;
            let parsed = Attribute {
                ty,
                is_argument: attribute.required || attribute.optional,
                is_required: attribute.required,
                is_computed: attribute.computed,
                is_write_only: attribute.write_only,
            };
            Ok((attribute.name, parsed))
        });
        let blocks = block.block_types.into_iter().map(|nested| {
            let nesting = match nested.nesting() {
                NestingMode::List => Nesting::List,
                NestingMode::Set => Nesting::Set,
                NestingMode::Single | NestingMode::Group => Nesting::Single,
                other @ (NestingMode::Map | NestingMode::Invalid) => {
                    bail!("nesting {other:?} of block `{}`", nested.type_name)
                }
            };
            let block = nested.block.context("a nested block has no content")?;
            let parsed = NestedBlock {
                block: Self::parse(block)?,
                nesting,
                is_required: nested.min_items > 0,
            };
            Ok((nested.type_name, parsed))
        });
        Ok(Self {
            attributes: attributes.collect::<anyhow::Result<_>>()?,
            blocks: blocks.collect::<anyhow::Result<_>>()?,
        })
    }

    /// Returns `value` with the items of each set in one order.
    pub(crate) fn with_sorted_sets(&self, value: &Value) -> Value {
        let Value::Object(entries) = value else {
            return value.clone();
        };
        let entries = entries.iter().map(|(name, value)| {
            let sorted = if let Some(attribute) = self.attributes.get(name) {
                attribute.ty.with_sorted_sets(value)
            } else if let Some(nested) = self.blocks.get(name) {
                nested.with_sorted_sets(value)
            } else {
                value.clone()
            };
            (name.clone(), sorted)
        });
        Value::Object(entries.collect())
    }

    /// Returns a value in which nothing is set.
    pub fn empty(&self) -> Value {
        let attributes = self
            .attributes
            .keys()
            .map(|name| (name.clone(), Value::Null));
        let blocks = self.blocks.iter();
        let blocks = blocks.map(|(name, nested)| (name.clone(), nested.none()));
        Value::Object(attributes.chain(blocks).collect())
    }

    /// Returns `value`, an object with some arguments and blocks, as a value of this schema.
    ///
    /// As in Terraform JSON, one block may occur without a list around it.
    ///
    /// # Errors
    /// If it has an argument that the schema lacks, or a value that cannot be converted.
    pub fn complete(&self, value: &Value) -> anyhow::Result<Value> {
        let Value::Object(given) = value else {
            bail!("{value:?} is no object");
        };
        let Value::Object(mut complete) = self.empty() else {
            bail!("an empty block is no object");
        };
        for (name, value) in given {
            let converted = if let Some(attribute) = self.attributes.get(name) {
                attribute.ty.convert(value).with_context(|| name.clone())?
            } else if let Some(nested) = self.blocks.get(name) {
                nested.complete(value).with_context(|| name.clone())?
            } else {
                bail!("no argument `{name}`");
            };
            complete.insert(name.clone(), converted);
        }
        Ok(Value::Object(complete))
    }
}

impl NestedBlock {
    /// The value without any block of this name.
    pub fn none(&self) -> Value {
        match self.nesting {
            Nesting::Single => Value::Null,
            Nesting::List | Nesting::Set => Value::List(Vec::new()),
        }
    }

    fn complete(&self, value: &Value) -> anyhow::Result<Value> {
        Ok(match (self.nesting, value) {
            (_, Value::Null) => self.none(),
            (_, Value::Unknown) => Value::Unknown,
            (Nesting::Single, Value::List(items)) => match items.as_slice() {
                [] => Value::Null,
                [one] => self.block.complete(one)?,
                _ => bail!("more than one block"),
            },
            (Nesting::Single, one) => self.block.complete(one)?,
            (_, Value::List(items)) => {
                let items: anyhow::Result<_> =
                    items.iter().map(|item| self.block.complete(item)).collect();
                Value::List(items?)
            }
            (_, one) => Value::List(vec![self.block.complete(one)?]),
        })
    }
}

impl Type {
    fn parse(json: &Json) -> anyhow::Result<Self> {
        let parts = json.as_array().map(Vec::as_slice);
        Ok(match (json.as_str(), parts) {
            (Some("bool"), _) => Self::Bool,
            (Some("number"), _) => Self::Number,
            (Some("string"), _) => Self::Text,
            (_, Some([kind, item, ..])) => match (kind.as_str(), item.as_object()) {
                (Some("list"), _) => Self::List(Box::new(Self::parse(item)?)),
                (Some("set"), _) => Self::Set(Box::new(Self::parse(item)?)),
                (Some("map"), _) => Self::Map(Box::new(Self::parse(item)?)),
                (Some("object"), Some(fields)) => {
                    let fields = fields.iter();
                    let fields = fields.map(|(name, ty)| Ok((name.clone(), Self::parse(ty)?)));
                    Self::Object(fields.collect::<anyhow::Result<_>>()?)
                }
                _ => bail!("unsupported type {json}"),
            },
            _ => bail!("unsupported type {json}"),
        })
    }

    /// Converts `value` as Terraform converts a value of a configuration.
    ///
    /// # Errors
    /// If it cannot be converted.
    pub fn convert(&self, value: &Value) -> anyhow::Result<Value> {
        Ok(match (self, value) {
            (_, Value::Null | Value::Unknown)
            | (Self::Bool, Value::Bool(_))
            | (Self::Number, Value::Number(_))
            | (Self::Text, Value::Text(_)) => value.clone(),
            (Self::Bool, Value::Text(text)) => Value::Bool(text.parse()?),
            (Self::Number, Value::Text(text)) => Value::Number(text.parse()?),
            (Self::Text, Value::Bool(truth)) => Value::Text(truth.to_string()),
            (Self::Text, Value::Number(number)) => Value::Text(number.to_string()),
            (Self::List(item) | Self::Set(item), Value::List(items)) => {
                let items: anyhow::Result<_> = items.iter().map(|it| item.convert(it)).collect();
                Value::List(items?)
            }
            (Self::Map(item), Value::Object(entries)) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, value)| Ok((key.clone(), item.convert(value)?)));
                Value::Object(entries.collect::<anyhow::Result<_>>()?)
            }
            (Self::Object(fields), Value::Object(entries)) => {
                let fields = fields.iter().map(|(name, ty)| {
                    let value = entries.get(name).unwrap_or(&Value::Null);
                    Ok((name.clone(), ty.convert(value)?))
                });
                Value::Object(fields.collect::<anyhow::Result<_>>()?)
            }
            _ => bail!("{value:?} is no {self:?}"),
        })
    }
}
