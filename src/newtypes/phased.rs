//! Sizes that differ between the pilot light and the full system.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{I64Deserializer, MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A size: one value, or `{ pilot = …, full = … }` where the pilot light of phase `legacy` is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Phased<T> {
    /// In phase `legacy`.
    pub pilot: T,
    /// In phases `migration` and `production`.
    pub full: T,
}

impl<T: Clone> Phased<T> {
    /// The same size in every phase.
    pub fn always(size: T) -> Self {
        Self {
            pilot: size.clone(),
            full: size,
        }
    }
}

impl<T> Phased<T> {
    /// Both sizes, the pilot light's first.
    pub fn both(&self) -> [&T; 2] {
        [&self.pilot, &self.full]
    }
}

impl<'de, T: Deserialize<'de> + Clone> Deserialize<'de> for Phased<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PhasedVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Phased<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Phased{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let size = generator.subschema_for::<T>();
        json_schema!({
            "description": "One size, or one for the pilot light (phase legacy) and one for the full system",
            "anyOf": [
                size,
                {
                    "type": "object",
                    "properties": { "pilot": size, "full": size },
                    "required": ["pilot", "full"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both<T> {
    pilot: T,
    full: T,
}

struct PhasedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Clone> Visitor<'de> for PhasedVisitor<T> {
    type Value = Phased<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size or { pilot = …, full = … }")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        let size: I64Deserializer<E> = number.into_deserializer();
        T::deserialize(size).map(Phased::always)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let size: StrDeserializer<'_, E> = text.into_deserializer();
        T::deserialize(size).map(Phased::always)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let both = Both::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Phased {
            pilot: both.pilot,
            full: both.full,
        })
    }
}
