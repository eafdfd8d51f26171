//! Names of sections, environments and outputs.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// The name of a section: lowercase words joined by single hyphens.
///
/// It is part of construct paths, of Terraform addresses and of resource names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        words(text, "a name").map(Self)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    Key,
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "Lowercase words joined by single hyphens"
);

/// The name of an environment. It identifies the Terraform state, and is part of every resource name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvironmentName(String);

impl EnvironmentName {
    /// The reserved name.
    pub const BOOTSTRAP: &'static str = "bootstrap";

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The reserved environment, with the resources that the others need before their first plan.
    pub fn bootstrap() -> Self {
        Self(Self::BOOTSTRAP.to_owned())
    }

    /// Whether this is the reserved environment.
    pub fn is_bootstrap(&self) -> bool {
        self.0 == Self::BOOTSTRAP
    }
}

impl FromStr for EnvironmentName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        words(text, "an environment name").map(Self)
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    EnvironmentName,
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "Lowercase words joined by single hyphens"
);

/// The name of an output: lowercase words joined by single underscores.
///
/// Scripts depend on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutputName(String);

impl OutputName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OutputName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let dashed = text.replace('_', "-");
        match words(&dashed, "an output") {
            Ok(_) if !text.contains('-') => Ok(Self(text.to_owned())),
            Ok(_) | Err(_) => Err(InvalidValue::new(format!(
                "`{text}` is not the name of an output: lowercase letters and digits joined by single underscores, starting with a letter"
            ))),
        }
    }
}

impl fmt::Display for OutputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    OutputName,
    "^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
    "Lowercase words joined by single underscores"
);

fn words(text: &str, what: &str) -> Result<String, InvalidValue> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(word) {
        return Ok(text.to_owned());
    }
    let invalid = InvalidValue::new(format!(
        "`{text}` is not {what}: lowercase letters and digits joined by single hyphens, starting with a letter"
    ));
    let repaired = text
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    Err(if repaired.starts_with(|c: char| c.is_ascii_lowercase()) {
        invalid.suggest(format!("did you mean `{repaired}`?"))
    } else {
        invalid
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_can_be_repaired_is_suggested() {
        let error = "Payment_API".parse::<Key>().unwrap_err().to_string();
        assert!(error.ends_with("did you mean `payment-api`?"), "{error}");
    }

    #[test]
    fn hyphens_neither_end_a_name_nor_repeat() {
        for wrong in ["", "a-", "a--b", "-a", "1a", "a.b"] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong}");
        }
        assert!("a-1b".parse::<Key>().is_ok());
    }
}
