//! Availability Zones.

use std::collections::BTreeSet;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{InvalidValue, Region};

/// The letter of an Availability Zone: `a` in `us-east-1a`.
///
/// Letters are not looked up: the order of a lookup can change, and the addresses of subnets with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(u8);

impl Zone {
    /// Bits of a zone's slot in a tier's block: eight letters.
    pub(crate) const SLOT_BITS: u8 = 3;

    /// The letter.
    pub fn letter(self) -> char {
        char::from(self.0)
    }

    /// The zone's name in a region: `us-east-1a`.
    pub fn name(self, region: Region) -> String {
        format!("{region}{}", self.letter())
    }

    /// The position of the letter, from 0.
    pub(crate) fn slot(self) -> usize {
        usize::from(self.0.saturating_sub(b'a'))
    }
}

impl TryFrom<&str> for Zone {
    type Error = InvalidValue;

    fn try_from(text: &str) -> Result<Self, InvalidValue> {
        match text.as_bytes() {
            [letter @ b'a'..=b'h'] => Ok(Self(*letter)),
            _ => Err(InvalidValue::new(format!(
                "`{text}` is not the letter of an Availability Zone, a to h"
            ))),
        }
    }
}

/// The Availability Zones of a network: a number (`3` is a, b, c) or a list of letters.
///
/// At least two, because Aurora, DMS and load balancers require subnets in two zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones(BTreeSet<Zone>);

impl Zones {
    /// The zones, in the order of their letters.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Zone> {
        self.0.iter().copied()
    }

    /// The number of zones.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl<'de> Deserialize<'de> for Zones {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ZonesVisitor)
    }
}

impl Serialize for Zones {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|zone| zone.letter().to_string()))
    }
}

impl JsonSchema for Zones {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Zones".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Availability Zones: a number (3 is a, b, c), or a list of letters such as [\"a\", \"c\"]",
            "oneOf": [
                { "type": "integer", "minimum": 2, "maximum": 6 },
                {
                    "type": "array",
                    "minItems": 2,
                    "uniqueItems": true,
                    "items": { "type": "string", "pattern": "^[a-h]$" },
                },
            ],
        })
    }
}

struct ZonesVisitor;

impl<'de> Visitor<'de> for ZonesVisitor {
    type Value = Zones;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of zones from 2 to 6, or a list of zone letters")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Zones, E> {
        match usize::try_from(number) {
            Ok(count @ 2..=6) => Ok(Zones((b'a'..=b'h').take(count).map(Zone).collect())),
            _ => Err(E::custom(format!(
                "a network has 2 to 6 zones, not {number}"
            ))),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut letters: A) -> Result<Zones, A::Error> {
        let mut zones = BTreeSet::new();
        while let Some(letter) = letters.next_element::<String>()? {
            let zone = Zone::try_from(letter.as_str()).map_err(A::Error::custom)?;
            if !zones.insert(zone) {
                return Err(A::Error::custom(format!("zone `{letter}` is listed twice")));
            }
        }
        if zones.len() < 2 {
            return Err(A::Error::custom("a network needs at least 2 zones"));
        }
        Ok(Zones(zones))
    }
}
