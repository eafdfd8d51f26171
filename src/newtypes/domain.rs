//! DNS names.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// A DNS name of at least two labels, in lowercase and without a final dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// The name, without a final dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this name is `zone` or a subdomain of it.
    pub fn is_in(&self, zone: &Self) -> bool {
        self.0
            .strip_suffix(&zone.0)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl FromStr for DomainName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let label = |label: &str| {
            (1..=63).contains(&label.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_its_own_zone_and_in_those_above() {
        let name = |text: &str| text.parse::<DomainName>().unwrap();
        assert!(name("api.example.com").is_in(&name("example.com")));
        assert!(name("example.com").is_in(&name("example.com")));
        assert!(!name("badexample.com").is_in(&name("example.com")));
    }
}
