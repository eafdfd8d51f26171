//! Values that differ between the pilot light and the full system.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{I64Deserializer, MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// One value for all phases, or `{ pilot = …, full = … }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Phased<T> {
    /// The value in phase `legacy`.
    pub pilot: T,
    /// The value in phases `migration` and `production`.
    pub full: T,
}

impl<T: Clone> Phased<T> {
    /// The same value in every phase.
    pub fn always(size: T) -> Self {
        Self {
            pilot: size.clone(),
            full: size,
        }
    }
}

impl<T> Phased<T> {
    /// Both values, the pilot light's first.
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
            "description": "One value, or `{ pilot = …, full = … }`: pilot for phase legacy, full for the other phases",
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
        f.write_str("a value or { pilot = …, full = … }")
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
