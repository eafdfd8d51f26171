//! The environment suffix.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// The environment suffix in every name: 3 to 12 lowercase letters and digits.
///
/// The limit of a stack can be lower. `naming::longest_suffix` returns it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suffix(String);

impl Suffix {
    /// The minimum length, in characters.
    pub const MIN_LENGTH: usize = 3;
    /// The maximum length of any stack, in characters.
    pub const MAX_LENGTH: usize = 12;

    /// The suffix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Suffix {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let alphabet = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if alphabet && (Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.len()) {
            return Ok(Self(text.to_owned()));
        }
        let invalid = InvalidValue::new(format!(
            "`{text}` is not a suffix: 3 to {} lowercase letters and digits",
            Self::MAX_LENGTH
        ));
        let repaired: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        Err(if repaired != text && repaired.parse::<Self>().is_ok() {
            invalid.suggest(format!("did you mean `{repaired}`?"))
        } else {
            invalid
        })
    }
}

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    Suffix,
    "^[a-z0-9]{3,12}$",
    "3 to 12 lowercase letters and digits"
);
