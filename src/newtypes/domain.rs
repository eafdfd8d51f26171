//! DNS names.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// A DNS name of at least two labels, in lowercase and without a final dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// The maximum length of a label, in characters (RFC 1035, 2.3.4).
    pub(super) const MAX_LABEL_LENGTH: usize = 63;

    /// The name, without a final dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DomainName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let label = |label: &str| {
            (1..=Self::MAX_LABEL_LENGTH).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if text.len() <= 253 && text.contains('.') && text.split('.').all(label) {
            return Ok(Self(text.to_owned()));
        }
        let invalid = InvalidValue::new(format!(
            "`{text}` is not a DNS name such as payments.example.com"
        ));
        let repaired = text.trim_end_matches('.').to_ascii_lowercase();
        Err(if repaired != text && repaired.parse::<Self>().is_ok() {
            invalid.suggest(format!("did you mean `{repaired}`?"))
        } else {
            invalid
        })
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    DomainName,
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$",
    "A DNS name in lowercase, without a final dot, such as payments.example.com"
);
