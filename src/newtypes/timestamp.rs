//! Times.

use std::fmt;
use std::str::FromStr;

use toml::value::{Datetime, Offset};

use super::{InvalidValue, text};

/// An RFC 3339 time with an offset, in its original text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(String);

impl Timestamp {
    /// The original text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Timestamp {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let whole = text.parse::<Datetime>().is_ok_and(|t| {
            t.date.is_some()
                && t.time.is_some()
                && matches!(t.offset, Some(Offset::Z | Offset::Custom { .. }))
        });
        if whole {
            Ok(Self(text.to_owned()))
        } else {
            Err(
                InvalidValue::new(format!("`{text}` is not an RFC 3339 time with an offset"))
                    .suggest("for example `2026-03-01T02:00:00Z`"),
            )
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    Timestamp,
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})$",
    "An RFC 3339 time with an offset, in quotes, such as 2026-03-01T02:00:00Z"
);
