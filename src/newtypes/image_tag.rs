//! Tags of container images.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// The tag of a container image: `1.4.0`.
///
/// Source: OCI distribution specification, "Pulling manifests".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageTag(String);

impl ImageTag {
    /// The maximum length, in characters.
    const MAX_LENGTH: usize = 128;

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ImageTag {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let first = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let other = |c: char| first(c) || c == '.' || c == '-';
        if text.starts_with(first) && text.chars().all(other) && text.len() <= Self::MAX_LENGTH {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidValue::new(format!(
            "`{text}` is not an image tag: up to {} letters, digits, `_`, `.` and `-`, not starting with `.` or `-`",
            Self::MAX_LENGTH
        )))
    }
}

impl fmt::Display for ImageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    ImageTag,
    "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$",
    "The tag of a container image, such as 1.4.0"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_tag_is_accepted() {
        for tag in ["1.4.0", "latest", "_x", "2026-01-31T12.00.00-abc"] {
            assert!(tag.parse::<ImageTag>().is_ok(), "{tag}");
        }
    }

    #[test]
    fn invalid_tag_is_rejected() {
        for tag in ["", ".1", "-1", "a b", "a:b", "sha256:abc", &"x".repeat(129)] {
            assert!(tag.parse::<ImageTag>().is_err(), "{tag}");
        }
    }
}
