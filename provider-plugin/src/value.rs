//! Values of Terraform's type system, and their `MessagePack` form.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

/// The type of `MessagePack` extensions that mean an unknown value.
const UNKNOWN: i8 = 0;
/// The type of extensions that mean an unknown value with refinements, which this module ignores.
const REFINED: i8 = 12;

/// A value of any type. Its schema distinguishes sets from lists, and maps from objects.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Known only after the apply.
    Unknown,
    /// Not set.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number. No argument of the AWS provider needs more than 53 bits.
    Number(f64),
    /// A string.
    Text(String),
    /// A list, a set or a tuple.
    List(Vec<Self>),
    /// A map, an object, or a block.
    Object(BTreeMap<String, Self>),
}

impl Value {
    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// Whether it is unknown, or contains an unknown value.
    pub fn has_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::List(items) => items.iter().any(Self::has_unknown),
            Self::Object(entries) => entries.values().any(Self::has_unknown),
            _ => false,
        }
    }

    /// The entry `name` of an object. `None` if it is something else.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.get(name),
            _ => None,
        }
    }

    /// Encodes it.
    pub(crate) fn to_msgpack(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, &self.to_rmpv())?;
        Ok(bytes)
    }

    /// Decodes it.
    pub(crate) fn from_msgpack(mut bytes: &[u8]) -> anyhow::Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::Null);
        }
        Self::from_rmpv(rmpv::decode::read_value(&mut bytes)?)
    }

    fn to_rmpv(&self) -> rmpv::Value {
        match self {
            Self::Unknown => rmpv::Value::Ext(UNKNOWN, vec![0]),
            Self::Null => rmpv::Value::Nil,
            Self::Bool(truth) => (*truth).into(),
            Self::Number(number) => number_to_rmpv(*number),
            Self::Text(text) => text.as_str().into(),
            Self::List(items) => rmpv::Value::Array(items.iter().map(Self::to_rmpv).collect()),
            Self::Object(entries) => {
                let entries = entries.iter();
                let pairs = entries.map(|(key, value)| (key.as_str().into(), value.to_rmpv()));
                rmpv::Value::Map(pairs.collect())
            }
        }
    }

    fn from_rmpv(value: rmpv::Value) -> anyhow::Result<Self> {
        Ok(match value {
            rmpv::Value::Nil => Self::Null,
            rmpv::Value::Boolean(truth) => Self::Bool(truth),
            rmpv::Value::Integer(number) => {
                Self::Number(number.as_f64().context("an integer is no number")?)
            }
            rmpv::Value::F32(number) => Self::Number(number.into()),
            rmpv::Value::F64(number) => Self::Number(number),
            rmpv::Value::String(text) => {
                Self::Text(text.into_str().context("a string is not UTF-8")?)
            }
            rmpv::Value::Array(items) => {
                let items: anyhow::Result<_> = items.into_iter().map(Self::from_rmpv).collect();
                Self::List(items?)
            }
            rmpv::Value::Map(pairs) => {
                let entries = pairs.into_iter().map(|(key, value)| {
                    let key = key.as_str().context("a key is no string")?.to_owned();
                    Ok((key, Self::from_rmpv(value)?))
                });
                Self::Object(entries.collect::<anyhow::Result<_>>()?)
            }
            rmpv::Value::Ext(UNKNOWN | REFINED, _) => Self::Unknown,
            other => bail!("unexpected MessagePack value {other}"),
        })
    }
}

/// Terraform's decoder accepts a whole number as an integer only.
fn number_to_rmpv(number: f64) -> rmpv::Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole numbers below 2^53 convert exactly"
    )]
    let whole = number as i64;
    #[expect(clippy::cast_precision_loss, reason = "compared with its origin")]
    let is_whole = (whole as f64).to_bits() == number.to_bits();
    if is_whole {
        whole.into()
    } else {
        number.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_their_encoding() {
        let value = Value::Object(BTreeMap::from([
            ("unknown".to_owned(), Value::Unknown),
            ("null".to_owned(), Value::Null),
            ("port".to_owned(), Value::Number(5432.0)),
            ("share".to_owned(), Value::Number(0.5)),
            (
                "names".to_owned(),
                Value::List(vec![Value::Text("a".to_owned()), Value::Bool(true)]),
            ),
        ]));
        let bytes = value.to_msgpack().unwrap();
        assert_eq!(Value::from_msgpack(&bytes).unwrap(), value);
        assert!(value.has_unknown());
    }
}
